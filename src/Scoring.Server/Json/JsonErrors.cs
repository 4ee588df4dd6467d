using System.Net.Mime;
using Google.Protobuf;
using Google.Protobuf.Reflection;
using Google.Rpc;
using Grpc.Core;

namespace Scoring.Server.Json;

/// <summary>Errors of JSON requests as transcoding writes them: google.rpc.Status, with the HTTP status that google.rpc.Code names.</summary>
internal static class JsonErrors
{
    /// <summary>What errors may hold.</summary>
    public static readonly TypeRegistry Details = TypeRegistry.FromFiles(ErrorDetailsReflection.Descriptor);

    private static readonly JsonFormatter Formatter = new(JsonFormatter.Settings.Default.WithTypeRegistry(Details));

    public static Task WriteAsync(HttpContext http, RpcException error)
    {
        http.Response.StatusCode =
            error.StatusCode == StatusCode.ResourceExhausted
                ? StatusCodes.Status413PayloadTooLarge
                : StatusCodes.Status400BadRequest;
        http.Response.ContentType = MediaTypeNames.Application.Json;
        var status =
            error.GetRpcStatus()
            ?? new Google.Rpc.Status { Code = (int)error.StatusCode, Message = error.Status.Detail };
        return http.Response.WriteAsync(Formatter.Format(status), http.RequestAborted);
    }
}
