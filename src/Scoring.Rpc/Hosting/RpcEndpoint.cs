using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Scoring.Rpc.Binding;
using Scoring.Rpc.Interceptors;
using Scoring.Rpc.Telemetry;

namespace Scoring.Rpc.Hosting;

/// <summary>Answers the requests for one method, whatever protocol they come by.</summary>
internal sealed class RpcEndpoint(BoundMethod method, RpcServer server)
{
    private readonly MethodTelemetry _telemetry = new(method.Method);
    private readonly RpcContinuation? _intercepted = InterceptorChain.Around(method, server.Interceptors);

    public async Task InvokeAsync(HttpContext http)
    {
        if (server.ProtocolOf(http.Request, method.Method) is not { } protocol)
        {
            http.Response.StatusCode = StatusCodes.Status415UnsupportedMediaType;
            http.Response.Headers.Append(
                "Accept-Post",
                string.Join(", ", server.Protocols.Where(p => p.Carries(method.Method)).Select(p => p.ContentTypes))
            );
            return;
        }

        if (protocol.NeedsHttp2(method.Method) && !HttpProtocol.IsHttp2(http.Request.Protocol))
        {
            // A caller that believes it can talk both ways would go on sending.
            http.Response.Headers.Connection = "close";
            http.Response.StatusCode = StatusCodes.Status505HttpVersionNotsupported;
            return;
        }

        // Routing does not mind the case of letters, the protocols do.
        if (http.Request.Path.Value?.EndsWith(method.Method.Path, StringComparison.Ordinal) != true)
        {
            server.AnswerUnimplemented(http, protocol, $"There is no method {PeerText.Of(http.Request.Path.Value)}.");
            return;
        }

        LiftBodyLimits(http);
        await using var call = protocol.Open(http, method.Method, server);
        call.Observe(protocol, _telemetry);
        Exception? thrown = null;
        try
        {
            if (_intercepted is null)
            {
                call.Begin();
                await method.InvokeAsync(call);
            }
            else
            {
                call.TryBegin();
                await _intercepted(call);
                call.RequireResponse();
            }
        }
        catch (Exception exception)
        {
            thrown = exception;
        }

        call.Finish(thrown);
    }

    /// <summary>A stream may be long and slow: the limits are those of its messages and the deadline.</summary>
    private void LiftBodyLimits(HttpContext http)
    {
        if (method.Method.Descriptor.IsClientStreaming || server.Options.MaxReceiveMessageSize > 16 * 1024 * 1024)
        {
            if (http.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } size)
            {
                size.MaxRequestBodySize = null;
            }

            if (
                http.Features.Get<Microsoft.AspNetCore.Server.Kestrel.Core.Features.IHttpMinRequestBodyDataRateFeature>() is
                { } rate
            )
            {
                rate.MinDataRate = null;
            }
        }
    }
}
