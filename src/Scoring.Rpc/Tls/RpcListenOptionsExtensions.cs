using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Https;

namespace Scoring.Rpc;

/// <summary>Makes listeners speak TLS.</summary>
public static class RpcListenOptionsExtensions
{
    /// <summary>
    /// Makes a listener speak TLS from PEM files. With <see cref="HttpProtocols.Http1AndHttp2"/>, the default of listeners, one port
    /// serves all protocols: client and server agree on the version of HTTP by ALPN.
    /// </summary>
    /// <param name="listen">The listener.</param>
    /// <param name="tls">The files; one may serve several listeners.</param>
    /// <returns>The same listener.</returns>
    public static ListenOptions UseRpcTls(this ListenOptions listen, ServerTls tls) =>
        listen.UseHttps(
            new TlsHandshakeCallbackOptions { OnConnection = _ => ValueTask.FromResult(tls.ForConnection()) }
        );
}
