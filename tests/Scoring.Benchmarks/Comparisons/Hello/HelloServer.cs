using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Scoring.Benchmarks.Comparisons.Processes;
using Scoring.Benchmarks.Rpc;

namespace Scoring.Benchmarks.Comparisons.Hello;

/// <summary>The service of the same stack, written the obvious way: Grpc.AspNetCore, a silo, a grain for each customer, nothing durable.</summary>
internal static class HelloServer
{
    /// <summary>Serves until the standard input ends; says where.</summary>
    public static async Task RunAsync()
    {
        var builder = WebApplication.CreateBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel =>
            kestrel.Listen(IPAddress.Loopback, 0, listen => listen.Protocols = HttpProtocols.Http2)
        );
        builder.UseOrleans(silo => silo.UseLocalhostClustering(FreePort.Next(), gatewayPort: FreePort.Next()));
        builder.Services.AddGrpc();
        await using var app = builder.Build();
        app.MapGrpcService<HelloService>();
        await app.StartAsync();
        Console.WriteLine(EchoServer.AddressOf(app));
        await Console.In.ReadToEndAsync();
    }
}
