using System.Buffers;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Scoring.Benchmarks.Rpc;

/// <summary>What no RPC layer on Kestrel can do without: reads the body, writes it back, adds a trailer.</summary>
internal static class BareEcho
{
    public static async Task AnswerAsync(HttpContext http)
    {
        var body = http.Request.BodyReader;
        var result = await body.ReadAsync();
        while (!result.IsCompleted)
        {
            body.AdvanceTo(result.Buffer.Start, result.Buffer.End);
            result = await body.ReadAsync();
        }

        var response = http.Response;
        response.ContentType = "application/grpc";
        await response.StartAsync();
        var length = (int)result.Buffer.Length;
        result.Buffer.CopyTo(response.BodyWriter.GetSpan(length));
        response.BodyWriter.Advance(length);
        body.AdvanceTo(result.Buffer.End);
        http.Features.GetRequiredFeature<IHttpResponseTrailersFeature>().Trailers["grpc-status"] = "0";
    }
}
