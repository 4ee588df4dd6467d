using System.Text;
using Grpc.Core;
using Scoring.Server.Json;

namespace Scoring.Server.Access;

/// <summary>Answers a call with an error before anything of its request is read.</summary>
internal static class CallRefusal
{
    private const string Grpc = "application/grpc";

    /// <summary>Whether a request is a call of gRPC, whatever it leads to.</summary>
    public static bool IsGrpc(HttpRequest request) =>
        request.ContentType?.StartsWith(Grpc, StringComparison.OrdinalIgnoreCase) ?? false;

    /// <summary>Writes the error as the caller reads errors: of gRPC as headers alone, otherwise as JSON.</summary>
    public static Task WriteAsync(HttpContext http, RpcException error)
    {
        if (!IsGrpc(http.Request))
        {
            http.Response.Headers.WWWAuthenticate = error.StatusCode == StatusCode.Unauthenticated ? "Bearer" : default;
            return JsonErrors.WriteAsync(http, error);
        }
        var response = http.Response;
        response.ContentType = Grpc;
        response.Headers["grpc-status"] = $"{(int)error.StatusCode}";
        response.Headers["grpc-message"] = Encoded(error.Status.Detail);
        foreach (var entry in error.Trailers)
        {
            response.Headers[entry.Key] = entry.IsBinary
                ? Convert.ToBase64String(entry.ValueBytes).TrimEnd('=')
                : entry.Value;
        }
        return response.CompleteAsync();
    }

    /// <summary>As gRPC writes messages into headers.</summary>
    private static string Encoded(string message) =>
        string.Concat(
            Encoding
                .UTF8.GetBytes(message)
                .Select(b => b is >= (byte)' ' and <= (byte)'~' and not (byte)'%' ? $"{(char)b}" : $"%{b:X2}")
        );
}
