using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using RequestInfo = Scoring.Rpc.InteropServer.Conformance.ConformancePayload.Types.RequestInfo;

namespace Scoring.Rpc.InteropServer.Conformance;

/// <summary>What a handler tells of the call that it saw.</summary>
internal static class CallReport
{
    /// <summary>Headers, timeout, query and the requests up to here.</summary>
    public static RequestInfo Of(CallContext context, IEnumerable<IMessage> requests, TimeProvider time)
    {
        var info = RequestsOnly(requests);
        info.RequestHeaders.Add(
            context
                .RequestHeaders.GroupBy(entry => entry.Key, TextOf, StringComparer.Ordinal)
                .Select(values => new Header { Name = values.Key, Value = { values } })
        );
        if (context.Deadline is { } deadline)
        {
            info.TimeoutMs = (long)(deadline - time.GetUtcNow()).TotalMilliseconds;
        }

        if (HttpMethods.IsGet(context.HttpContext.Request.Method))
        {
            info.ConnectGetInfo = new ConformancePayload.Types.ConnectGetInfo
            {
                QueryParams =
                {
                    context.HttpContext.Request.Query.Select(parameter => new Header
                    {
                        Name = parameter.Key,
                        Value = { parameter.Value.Select(value => value ?? "") },
                    }),
                },
            };
        }

        return info;
    }

    /// <summary>The requests alone.</summary>
    public static RequestInfo RequestsOnly(IEnumerable<IMessage> requests) =>
        new() { Requests = { requests.Select(request => Any.Pack(request)) } };

    /// <summary>The error that a request asks for.</summary>
    /// <param name="asked">What it is to say.</param>
    /// <param name="info">Goes behind its details; null if the caller has it already.</param>
    public static RpcException ErrorOf(Error asked, RequestInfo? info) =>
        new((StatusCode)asked.Code, asked.Message, [.. asked.Details, .. info is null ? [] : new[] { Any.Pack(info) }]);

    /// <summary>Puts headers or trailers that a request asks for into the response.</summary>
    public static void Add(this Metadata metadata, IEnumerable<Header> headers)
    {
        foreach (var header in headers)
        {
            foreach (var value in header.Value)
            {
                if (header.Name.EndsWith("-bin", StringComparison.OrdinalIgnoreCase))
                {
                    metadata.Add(header.Name, BytesOf(value));
                }
                else
                {
                    metadata.Add(header.Name, value);
                }
            }
        }
    }

    private static string TextOf(MetadataEntry entry) => entry.Text ?? Convert.ToBase64String(entry.Bytes.Span);

    private static byte[] BytesOf(string base64) =>
        Convert.FromBase64String(base64.PadRight((base64.Length + 3) / 4 * 4, '='));
}
