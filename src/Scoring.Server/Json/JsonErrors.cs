using System.Net.Mime;
using Google.Protobuf;
using Google.Protobuf.Reflection;
using Google.Rpc;
using Grpc.Core;
using Scoring.Server.Errors;

namespace Scoring.Server.Json;

/// <summary>Errors of JSON requests as transcoding writes them: google.rpc.Status, with the HTTP status that google.rpc.Code names.</summary>
internal static class JsonErrors
{
    /// <summary>What errors may hold.</summary>
    public static readonly TypeRegistry Details = TypeRegistry.FromFiles(ErrorDetailsReflection.Descriptor);

    private static readonly JsonFormatter Formatter = new(JsonFormatter.Settings.Default.WithTypeRegistry(Details));

    /// <summary>Answers with an error of a call.</summary>
    public static Task WriteAsync(HttpContext http, RpcException error) =>
        WriteAsync(
            http,
            CodeOf(error),
            error.GetRpcStatus()
                ?? new Google.Rpc.Status { Code = (int)error.StatusCode, Message = error.Status.Detail }
        );

    /// <summary>Says that a body is no JSON.</summary>
    public static Task WriteUnsupportedTypeAsync(HttpContext http) =>
        WriteAsync(
            http,
            StatusCodes.Status415UnsupportedMediaType,
            Of(Code.InvalidArgument, "The body must be JSON in UTF-8, with content-type: application/json.")
        );

    /// <summary>Says that a path is no route, or not for this method of HTTP.</summary>
    public static Task WriteNoRouteAsync(HttpContext http)
    {
        var request = $"{http.Request.Method} {http.Request.Path}";
        return http.Response.StatusCode switch
        {
            StatusCodes.Status404NotFound => WriteAsync(
                http,
                StatusCodes.Status404NotFound,
                Of(Code.NotFound, $"There is no {request}. /openapi.json describes the routes.")
            ),
            StatusCodes.Status405MethodNotAllowed => WriteAsync(
                http,
                StatusCodes.Status405MethodNotAllowed,
                Of(Code.Unimplemented, $"There is no {request}, only {http.Response.Headers.Allow} of that path.")
            ),
            _ => Task.CompletedTask,
        };
    }

    private static int CodeOf(RpcException error) =>
        error.StatusCode switch
        {
            StatusCode.ResourceExhausted
                when error.GetRpcStatus()?.GetDetail<ErrorInfo>()?.Reason == ErrorReasons.BodyTooLarge =>
                StatusCodes.Status413PayloadTooLarge,
            StatusCode.ResourceExhausted => StatusCodes.Status429TooManyRequests,
            StatusCode.Unavailable => StatusCodes.Status503ServiceUnavailable,
            StatusCode.Unauthenticated => StatusCodes.Status401Unauthorized,
            StatusCode.PermissionDenied => StatusCodes.Status403Forbidden,
            _ => StatusCodes.Status400BadRequest,
        };

    private static Google.Rpc.Status Of(Code code, string message) => new() { Code = (int)code, Message = message };

    private static Task WriteAsync(HttpContext http, int code, Google.Rpc.Status status)
    {
        http.Response.StatusCode = code;
        http.Response.ContentType = MediaTypeNames.Application.Json;
        return http.Response.WriteAsync(Formatter.Format(status), http.RequestAborted);
    }
}
