using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Https;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Scoring.Server.Tls;

namespace Scoring.Server.Tests.Tls;

/// <summary>A listener with TLS that answers "hello", and a client of it.</summary>
internal sealed class TlsServer : IAsyncDisposable
{
    private readonly WebApplication _app;

    private TlsServer(WebApplication app, ClientTls client)
    {
        _app = app;
        var addresses = app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!;
        Address = new Uri(addresses.Addresses.Single());
        Client = NewClient(client);
    }

    public Uri Address { get; }

    public HttpClient Client { get; }

    /// <param name="tls">What the listener opens connections with.</param>
    /// <param name="client">What <see cref="Client"/> trusts and shows.</param>
    /// <param name="answer">Answers each request; null for "hello".</param>
    public static async Task<TlsServer> StartAsync(
        ServerTls tls,
        ClientTls client,
        Func<HttpContext, string>? answer = null
    )
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseKestrelHttpsConfiguration();
        builder.WebHost.ConfigureKestrel(kestrel =>
            kestrel.Listen(
                IPAddress.Loopback,
                0,
                listen =>
                {
                    listen.Protocols = HttpProtocols.Http1AndHttp2;
                    listen.UseHttps(
                        new TlsHandshakeCallbackOptions
                        {
                            OnConnection = _ => ValueTask.FromResult(tls.ForConnection()),
                        }
                    );
                }
            )
        );
        var app = builder.Build();
        app.Run(http => http.Response.WriteAsync(answer?.Invoke(http) ?? "hello"));
        await app.StartAsync(TestContext.Current.CancellationToken);
        return new TlsServer(app, client);
    }

    /// <summary>One more client, with connections of its own.</summary>
    public HttpClient NewClient(ClientTls client) =>
        new(client.Handler())
        {
            BaseAddress = Address,
            DefaultRequestVersion = HttpVersion.Version20,
            DefaultVersionPolicy = HttpVersionPolicy.RequestVersionExact,
        };

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await _app.DisposeAsync();
    }
}
