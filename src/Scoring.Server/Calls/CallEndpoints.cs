using Grpc.AspNetCore.Server;
using Grpc.Core;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Grpc.JsonTranscoding;
using Microsoft.AspNetCore.Server.Kestrel.Core.Features;
using Scoring.Server.Access;
using Scoring.Server.Json;
using Scoring.Server.Memory;

namespace Scoring.Server.Calls;

/// <summary>Puts around every call, whatever it comes by, what is not the service's business: it is measured and, if switched on, logged.</summary>
/// <remarks>
/// All calls pass here, those too that never reach a service because their message cannot be read or their method does not exist. What is to be done
/// is decided once for each endpoint and not for each call, which would look up the endpoint's metadata several times.
/// </remarks>
internal sealed class CallEndpoints(
    CallMetrics metrics,
    AccessLog access,
    StrictJson json,
    StreamEnding endings,
    CallGuard guard,
    MemoryBudget budget,
    FrontOptions options
)
{
    // The contract's routes begin with it.
    private static readonly PathString Json = "/v1";

    /// <summary>Surrounds an endpoint of gRPC or JSON.</summary>
    public void Surround(EndpointBuilder endpoint)
    {
        var serve = endpoint.RequestDelegate!;
        var route = endpoint.Metadata.OfType<GrpcJsonTranscodingMetadata>().FirstOrDefault();
        if (route is not null)
        {
            serve = json.Before(serve, route);
        }
        // Those without are the framework's for services and methods that do not exist.
        var method = endpoint.Metadata.OfType<GrpcMethodMetadata>().FirstOrDefault()?.Method;
        var isStream = method?.Type == MethodType.DuplexStreaming;
        if (method is not null && !isStream && route is null)
        {
            serve = new MessageMemory(options.MaxMessageBytes).Before(serve);
        }
        if (!endpoint.Metadata.OfType<AllowAnonymousAttribute>().Any())
        {
            serve = guard.Before(serve, endpoint.Metadata.OfType<NeedsAttribute>().FirstOrDefault(), isStream);
        }
        serve = Observed(serve, method?.FullName);
        endpoint.RequestDelegate = isStream ? Resting(endings.After(serve)) : serve;
    }

    /// <summary>Surrounds what is no endpoint: paths of calls that lead nowhere, or not with this HTTP method.</summary>
    public RequestDelegate SurroundUnknown(RequestDelegate next)
    {
        var observed = Observed(next, method: null);
        return http => http.GetEndpoint() is RouteEndpoint || !IsCall(http.Request) ? next(http) : observed(http);
    }

    /// <summary>Lets requests of an endpoint of streams rest between messages; others may only stop for so long.</summary>
    private static RequestDelegate Resting(RequestDelegate serve) =>
        http =>
        {
            http.Features.Get<IHttpMinRequestBodyDataRateFeature>()?.MinDataRate = null;
            return serve(http);
        };

    private RequestDelegate Observed(RequestDelegate serve, string? method) =>
        new ObservedCall(serve, metrics, access, budget, method, options.MaxMessageBytes).InvokeAsync;

    private static bool IsCall(HttpRequest request) =>
        request.Path.StartsWithSegments(Json, StringComparison.OrdinalIgnoreCase) || CallRefusal.IsGrpc(request);
}
