using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;

namespace Scoring.Benchmarks.Rpc;

/// <summary>Kestrel with the echo, bare or by Grpc.AspNetCore; nothing else is in the pipeline of either.</summary>
internal static class EchoServer
{
    /// <summary>The path of the service; the bare endpoint serves every path.</summary>
    public const string Path = "/scoring.benchmarks.EchoService/Echo";

    /// <summary>Starts a server on a free port of the loopback address.</summary>
    /// <param name="bare">Whether it is the bare endpoint.</param>
    /// <param name="transport">What the connections come by instead of sockets.</param>
    public static async Task<WebApplication> StartAsync(bool bare, IConnectionListenerFactory? transport = null)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore();
        builder.WebHost.ConfigureKestrel(kestrel =>
            kestrel.Listen(IPAddress.Loopback, 0, listen => listen.Protocols = HttpProtocols.Http2)
        );
        if (transport is not null)
        {
            builder.Services.AddSingleton(transport);
        }

        if (!bare)
        {
            builder.Services.AddGrpc();
            builder.Services.AddSingleton<EchoHandler>();
        }

        var app = builder.Build();
        if (bare)
        {
            app.Run(BareEcho.AnswerAsync);
        }
        else
        {
            app.UseRouting();
            app.MapGrpcService<EchoHandler>();
        }

        await app.StartAsync();
        return app;
    }

    /// <summary>Serves both echoes until the standard input ends, for a load from another process; says where, bare first.</summary>
    public static async Task RunAsync()
    {
        await using var bare = await StartAsync(bare: true);
        await using var rpc = await StartAsync(bare: false);
        Console.WriteLine($"{AddressOf(bare)}{Path} {AddressOf(rpc)}{Path}");
        await Console.In.ReadToEndAsync();
    }

    /// <summary>Where a server listens, such as <c>http://127.0.0.1:40312</c>.</summary>
    public static string AddressOf(WebApplication app) =>
        app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single();
}
