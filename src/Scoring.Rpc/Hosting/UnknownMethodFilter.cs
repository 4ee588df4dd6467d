using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;

namespace Scoring.Rpc.Hosting;

/// <summary>Answers RPC requests that no endpoint took; requests of no RPC protocol pass it by.</summary>
/// <remarks>
/// It stands behind the endpoints rather than among them: a route that fits every path would make routing take each request's path
/// apart before it finds the method.
/// </remarks>
internal sealed class UnknownMethodFilter(RpcServer server) : IStartupFilter
{
    public Action<IApplicationBuilder> Configure(Action<IApplicationBuilder> next) =>
        app =>
        {
            next(app);
            app.Use(following => http => AnswerAsync(http, following));
        };

    private Task AnswerAsync(HttpContext http, RequestDelegate following)
    {
        if (http.GetEndpoint() is not null || server.ProtocolOf(http.Request) is not { } protocol)
        {
            return following(http);
        }

        var path = http.Request.Path.Value ?? "";
        var service = path.Split('/') is ["", var first, ..] ? first : path;
        server.AnswerUnimplemented(
            http,
            protocol,
            server.Services.ContainsKey(service)
                ? $"Service {service} has no method of the path {PeerText.Of(path)}."
                : $"There is no service {PeerText.Of(service)}."
        );
        return Task.CompletedTask;
    }
}
