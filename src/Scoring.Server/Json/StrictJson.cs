using Google.Protobuf.Reflection;
using Grpc.Core;
using Microsoft.AspNetCore.Grpc.JsonTranscoding;
using Microsoft.AspNetCore.Http.Features;
using Scoring.ModelFiles.Json;
using Scoring.Server.Errors;
using Scoring.Server.Memory;

namespace Scoring.Server.Json;

/// <summary>Checks JSON requests before they are transcoded: their size, their fields, their query parameters, and what a path escapes.</summary>
/// <remarks>
/// Transcoding bounds no body, passes over unknown fields and does not say where a body is wrong. Here a body is bounded like a message, and a fault is
/// told with the path of its field.
/// </remarks>
internal sealed class StrictJson(FrontOptions options)
{
    // A list that grows, or beside the body itself its characters of two bytes, or what is made of it.
    private const int Copies = 4;

    // A field: its place, its path, its value.
    private const int PartBytes = 256;

    /// <summary>Does so before an endpoint.</summary>
    /// <param name="serve">Transcodes.</param>
    /// <param name="route">The route of the endpoint.</param>
    public RequestDelegate Before(RequestDelegate serve, GrpcJsonTranscodingMetadata route) =>
        http => CheckAsync(http, route, serve);

    private async Task CheckAsync(HttpContext http, GrpcJsonTranscodingMetadata route, RequestDelegate serve)
    {
        try
        {
            CheckQuery(http.Request, route);
            Unescape(http);
            if (route.HttpRule.Body.Length > 0)
            {
                if (!IsJson(http.Request))
                {
                    await JsonErrors.WriteUnsupportedTypeAsync(http);
                    return;
                }
                http.Request.Body = new MemoryStream(await ReadBodyAsync(http, route), writable: false);
            }
        }
        catch (RpcException error)
        {
            await JsonErrors.WriteAsync(http, error);
            return;
        }
        await serve(http);
    }

    private async Task<byte[]> ReadBodyAsync(HttpContext http, GrpcJsonTranscodingMetadata route)
    {
        var body = await ReadBoundedAsync(http);
        if (body.Length > CallMemory.SmallMessage)
        {
            CallMemory.Of(http).Take(PartBytes * PartsOf(body));
        }
        var type = BodyType(route);
        var source = JsonSource.Read(body, type, "the body");
        return source.Faults.Count == 0
            ? body
            : throw CallErrors.From([
                .. source.Faults.Select(fault =>
                    FieldFault.Invalid(fault.Field, $"{fault.Problem} (line {fault.Line}, column {fault.Column})")
                ),
            ]);
    }

    private async Task<byte[]> ReadBoundedAsync(HttpContext http)
    {
        http.Features.GetRequiredFeature<IHttpMaxRequestBodySizeFeature>().MaxRequestBodySize = options.MaxMessageBytes;
        using var body = new MemoryStream();
        try
        {
            await CopyAsync(http, body);
        }
        catch (BadHttpRequestException error) when (error.StatusCode == StatusCodes.Status413PayloadTooLarge)
        {
            throw CallErrors.BodyTooLarge(options.MaxMessageBytes);
        }
        return body.ToArray();
    }

    /// <summary>Reads the body, and takes memory for it before it arrives.</summary>
    private async Task CopyAsync(HttpContext http, MemoryStream body)
    {
        var piece = new byte[CallMemory.SmallMessage];
        // A body that is too long is refused for that, as soon as it is read.
        var length = http.Request.ContentLength is { } told && told <= options.MaxMessageBytes ? told : 0;
        var taken = Take(http, length, piece.Length);
        while (await http.Request.Body.ReadAsync(piece, http.RequestAborted) is > 0 and var read)
        {
            length = body.Length + read;
            taken = Take(http, length > taken ? 2 * length : 0, taken);
            body.Write(piece.AsSpan(0, read));
        }
    }

    /// <summary>Takes memory for a body of so many bytes, if there is not so much already.</summary>
    /// <returns>How long the body may become.</returns>
    private static long Take(HttpContext http, long length, long taken)
    {
        if (length <= taken)
        {
            return taken;
        }
        CallMemory.Of(http).Take(Copies * (length - taken));
        return length;
    }

    private static long PartsOf(ReadOnlySpan<byte> json) => json.Count((byte)',') + json.Count((byte)'{');

    private static bool IsJson(HttpRequest request) =>
        request.HasJsonContentType()
        && request.GetTypedHeaders().ContentType!.Charset is var charset
        && (!charset.HasValue || charset.Equals("utf-8", StringComparison.OrdinalIgnoreCase));

    private static MessageDescriptor BodyType(GrpcJsonTranscodingMetadata route)
    {
        var request = route.MethodDescriptor.InputType;
        return route.HttpRule.Body == "*" ? request : request.FindFieldByName(route.HttpRule.Body).MessageType;
    }

    private static void CheckQuery(HttpRequest request, GrpcJsonTranscodingMetadata route)
    {
        foreach (var name in request.Query.Keys)
        {
            if (
                route.HttpRule.Body == "*"
                || Find(route.MethodDescriptor.InputType, name, out var path) is not { } field
                || request.RouteValues.ContainsKey(path)
            )
            {
                throw CallErrors.From(FieldFault.Invalid(name, "is no query parameter of this method"));
            }
            if (request.Query[name].Count > 1 && !field.IsRepeated)
            {
                throw CallErrors.From(FieldFault.Invalid(name, "is given twice"));
            }
        }
    }

    /// <summary>The field that a name such as "histogram.lowerBound" stands for.</summary>
    /// <param name="type">The message.</param>
    /// <param name="name">The name, as in the contract or as in JSON.</param>
    /// <param name="path">The name as in the contract.</param>
    private static FieldDescriptor? Find(MessageDescriptor type, string name, out string path)
    {
        FieldDescriptor? field = null;
        path = "";
        foreach (var part in name.Split('.'))
        {
            var within =
                field is null ? type
                : field.FieldType == FieldType.Message ? field.MessageType
                : null;
            field = within?.Fields.InDeclarationOrder().FirstOrDefault(f => f.Name == part || f.JsonName == part);
            if (field is null)
            {
                return null;
            }
            path += path.Length == 0 ? field.Name : $".{field.Name}";
        }
        return field;
    }

    /// <summary>Kestrel leaves an escaped slash in a path as it is; in an id it is a slash, unless its percent sign was escaped too.</summary>
    private static void Unescape(HttpContext http)
    {
        foreach (var (name, value) in http.Request.RouteValues.ToArray())
        {
            if (value is string text && text.Contains("%2F", StringComparison.OrdinalIgnoreCase))
            {
                var sent = http.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget.Split('?')[0].Split('/');
                if (
                    sent.FirstOrDefault(part => AsKestrelReads(part).StartsWith(text, StringComparison.Ordinal)) is
                    { } segment
                )
                {
                    var verb = AsKestrelReads(segment).Length - text.Length;
                    http.Request.RouteValues[name] = Uri.UnescapeDataString(segment)[..^verb];
                }
            }
        }
    }

    private static string AsKestrelReads(string segment) =>
        Uri.UnescapeDataString(
            segment.Replace("%2F", "%252F", StringComparison.Ordinal).Replace("%2f", "%252f", StringComparison.Ordinal)
        );
}
