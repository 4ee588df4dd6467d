using System.Net;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Scoring.Benchmarks.Hello;

// The service of the same stack, written the obvious way: Grpc.AspNetCore, a silo, a grain for each customer, nothing durable, and the
// runtime as it comes. Says where it listens, and serves until the standard input ends.
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
Console.WriteLine(app.Urls.Single());
await Console.In.ReadToEndAsync();
