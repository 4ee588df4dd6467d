using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.Routing.Patterns;

namespace Scoring.Rpc.Hosting;

/// <summary>Answers RPC requests for what this server does not have; requests of no RPC protocol pass it by.</summary>
internal sealed class UnknownMethodEndpoint(RpcServer server) : IRouteConstraint
{
    public void Map(IEndpointRouteBuilder endpoints)
    {
        var pattern = RoutePatternFactory.Parse(
            "/{service}/{method}",
            defaults: null,
            parameterPolicies: new RouteValueDictionary { ["method"] = this }
        );
        endpoints
            .Map(pattern, Answer)
            .WithDisplayName("RPC: unknown method")
            .Add(builder => ((RouteEndpointBuilder)builder).Order = int.MaxValue);
    }

    public bool Match(
        HttpContext? httpContext,
        IRouter? route,
        string routeKey,
        RouteValueDictionary values,
        RouteDirection routeDirection
    ) => httpContext is not null && server.ProtocolOf(httpContext.Request) is not null;

    private Task Answer(HttpContext http)
    {
        var service = http.Request.RouteValues["service"] as string ?? "";
        var message = server.Services.ContainsKey(service)
            ? $"Service {service} has no method {http.Request.RouteValues["method"]}."
            : $"There is no service {service}.";
        server.ProtocolOf(http.Request)!.AnswerUnimplemented(http.Response, message);
        return Task.CompletedTask;
    }
}
