using System.Net;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Https;
using Scoring.Rpc.InteropServer.Conformance;
using Scoring.Rpc.InteropServer.GrpcTesting;

namespace Scoring.Rpc.InteropServer.Hosting;

/// <summary>The services of both suites on loopback ports.</summary>
internal static class SuiteServer
{
    /// <summary>A port to listen on; 0 is any that is free.</summary>
    internal readonly record struct Endpoint(int Port, HttpProtocols Http, Tls? Tls = null);

    /// <summary>How a port is secured.</summary>
    /// <param name="Certificate">What the server shows, with its private key.</param>
    /// <param name="TrustedCaller">Callers must show this, or what it has signed; null asks for nothing.</param>
    internal sealed record Tls(X509Certificate2 Certificate, X509Certificate2? TrustedCaller = null);

    public static async Task<WebApplication> StartAsync(
        IReadOnlyList<Endpoint> endpoints,
        Action<RpcServerOptions>? configure = null,
        string? corsOrigin = null
    )
    {
        var builder = WebApplication.CreateSlimBuilder();
        // Standard output belongs to what the suites read there.
        builder.Logging.ClearProviders().AddConsole(console => console.LogToStandardErrorThreshold = LogLevel.Trace);
        builder.Logging.SetMinimumLevel(LogLevel.Warning);
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            foreach (var endpoint in endpoints)
            {
                kestrel.Listen(IPAddress.Loopback, endpoint.Port, listen => Configure(listen, endpoint));
            }
        });
        builder.Services.AddRpc(configure);
        builder.Services.AddSingleton(TimeProvider.System);
        builder.Services.AddSingleton<TestServiceHandler>();
        builder.Services.AddSingleton<ConformanceHandler>();
        if (corsOrigin is not null)
        {
            builder.Services.AddCors(cors => cors.AddDefaultPolicy(policy => policy.AllowRpc(corsOrigin)));
        }

        var app = builder.Build();
        if (corsOrigin is not null)
        {
            app.UseCors();
        }

        app.MapRpcService<TestServiceHandler>(TestReflection.Descriptor.Services[0]);
        app.MapRpcService<ConformanceHandler>(ServiceReflection.Descriptor.Services[0]);
        app.MapRpcHealth();
        app.MapRpcReflection();
        await app.StartAsync();
        return app;
    }

    /// <summary>The ports that a server listens on, in the order of its endpoints.</summary>
    public static IReadOnlyList<int> PortsOf(WebApplication app) =>
        [
            .. app
                .Services.GetRequiredService<IServer>()
                .Features.Get<IServerAddressesFeature>()!
                .Addresses.Select(address => new Uri(address).Port),
        ];

    private static void Configure(ListenOptions listen, Endpoint endpoint)
    {
        listen.Protocols = endpoint.Http;
        if (endpoint.Tls is { } tls)
        {
            listen.UseHttps(https => Configure(https, tls));
        }
    }

    private static void Configure(HttpsConnectionAdapterOptions https, Tls tls)
    {
        https.ServerCertificate = tls.Certificate;
        if (tls.TrustedCaller is { } trusted)
        {
            https.ClientCertificateMode = ClientCertificateMode.RequireCertificate;
            https.ClientCertificateValidation = (shown, _, _) => IsTrusted(shown, trusted);
        }
    }

    private static bool IsTrusted(X509Certificate2 shown, X509Certificate2 trusted)
    {
        using var chain = new X509Chain();
        chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        chain.ChainPolicy.CustomTrustStore.Add(trusted);
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        return chain.Build(shown);
    }
}
