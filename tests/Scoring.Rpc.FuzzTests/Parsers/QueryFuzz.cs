using System.Text;
using Microsoft.AspNetCore.Http;
using Scoring.Rpc.Protocols.Connect;

namespace Scoring.Rpc.FuzzTests.Parsers;

public sealed class QueryFuzz
{
    [Fact]
    public void A_query_is_read_whatever_it_says() =>
        Fuzz.Run(
            "queries",
            MaxAllocated,
            (input, _) =>
            {
                // Kestrel lets nothing but ASCII through.
                var text = Encoding.ASCII.GetString(input).Replace('#', '?');

                var query = ConnectQuery.Read(new QueryString("?" + text));

                Assert.True(query.Message is null || query.Message.Length <= text.Length);
            },
            tokens:
            [
                "&",
                "=",
                "%",
                "%00",
                "%ff",
                "+",
                "message=",
                "base64=1",
                "connect=v1",
                "encoding=json",
                "encoding=proto",
                "compression=gzip",
                "%26",
                "%3D",
                "-_",
                "==",
            ]
        );

    [Fact]
    public void A_message_comes_out_of_a_query_as_it_went_in_however_it_is_written() =>
        Fuzz.Run(
            "envelopes",
            MaxAllocated,
            (input, random) =>
            {
                var base64 = Convert.ToBase64String(input);
                var written = random.Next(5) switch
                {
                    0 => "message=" + string.Concat(input.Select(b => $"%{b:x2}")),
                    1 => "base64=1&message=" + base64,
                    2 => "base64=1&message=" + base64.TrimEnd('='),
                    3 => "base64=1&message=" + Uri.EscapeDataString(base64),
                    _ => "message=" + base64.Replace('+', '-').Replace('/', '_') + "&base64=1",
                };

                Assert.Equal(input, ConnectQuery.Read(new QueryString("?encoding=proto&" + written)).Message);
            },
            share: 0.5
        );

    private static long MaxAllocated(int length) => 20_000 + (200L * length);
}
