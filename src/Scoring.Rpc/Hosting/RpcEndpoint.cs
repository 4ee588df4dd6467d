using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Scoring.Rpc.Binding;

namespace Scoring.Rpc.Hosting;

/// <summary>Answers the requests for one method, whatever protocol they come by.</summary>
internal sealed class RpcEndpoint(BoundMethod method, RpcServer server)
{
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
            protocol.AnswerUnimplemented(http, server, $"There is no method {http.Request.Path}.");
            return;
        }

        LiftBodyLimits(http);
        await using var call = protocol.Open(http, method.Method, server);
        Exception? thrown = null;
        try
        {
            call.Begin();
            await method.InvokeAsync(call);
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
