using System.Buffers.Text;
using System.Text;
using Google.Protobuf;
using Grpc.Core;
using Scoring.Core;
using Scoring.Core.Segments;
using Scoring.Server.Calls;
using Scoring.Server.Json;

namespace Scoring.Server.Tests.Fuzz;

/// <summary>Our own parsers on damaged input: they read it or refuse it, and never fail otherwise. Requests to record events: WireEventTests.</summary>
public sealed class FuzzTests
{
    private static readonly string[] Bodies =
    [
        """{"events":[{"eventId":"e-1","customerId":"ada","type":"purchase","value":1.5,"occurredAt":"2026-03-01T12:00:00Z"},{"customerId":"eve","type":"x","feature":"reports"}]}""",
        """{"workspace":"trial","events":[]}""",
        """{"events":[{"customer_id":"\u00e4","type":"x","value":-1e12,"account_id":null}]}""",
    ];

    private static readonly string[] JsonTokens =
    [
        "{",
        "}",
        "[",
        "]",
        ",",
        ":",
        "\"",
        "null",
        "true",
        "1e999",
        "-0",
        "\\ud800",
        "\\u0000",
        "\"events\":",
        "\"type\":",
        "{\"a\":",
        "[[[[[[[[",
        "\t",
        "\ufeff",
        "\u00a0",
    ];

    /// <summary>What is let through is what the strict parser of protobuf takes: it reads the same text without unknown fields.</summary>
    [Fact]
    public void JSON_body_without_a_fault_is_one_that_the_strict_parser_takes()
    {
        foreach (var body in Mutations.Of(Utf8(Bodies), Utf8(JsonTokens)))
        {
            var faults = JsonSource.Read(body, V1.RecordEventsRequest.Descriptor, "the body").Faults;
            if (faults.Count == 0)
            {
                JsonParser.Default.Parse<V1.RecordEventsRequest>(Encoding.UTF8.GetString(body));
            }
            Assert.All(faults, fault => Assert.True(fault is { Line: > 0, Column: > 0 } && fault.Message.Length > 0));
        }
    }

    [Fact]
    public void Filter_is_parsed_or_refused_with_a_place()
    {
        string[] good = ["plan = \"pro\"", "plan = \"pro\" AND country = \"DE\"", "a.b = \"say \\\"hi\\\" \\\\\""];
        string[] tokens = ["AND", "=", "\"", "\\", " ", "(", "ä", "\0", "plan", "AND AND"];
        foreach (var filter in Mutations.Of(Utf8(good), Utf8(tokens)))
        {
            try
            {
                SegmentFilter.Parse(Encoding.UTF8.GetString(filter));
            }
            catch (ScoringException error)
            {
                Assert.Equal(ScoringError.InvalidArgument, error.Error);
                Assert.Equal("filter", error.Field);
            }
        }
    }

    [Fact]
    public void Page_token_is_read_or_refused()
    {
        var pages = new Paging<string>("models", ordinary: 10, largest: 100, name => name);
        foreach (
            var token in Mutations.Of(
                Utf8([Base64Url.EncodeToString("models/1/engagement"u8), Base64Url.EncodeToString("models/1/a"u8)]),
                Utf8(["=", "-", "_", "ä", "A"])
            )
        )
        {
            try
            {
                _ = pages.Read(pageSize: 0, Encoding.UTF8.GetString(token));
            }
            catch (RpcException error)
            {
                Assert.Equal(StatusCode.InvalidArgument, error.StatusCode);
            }
        }
    }

    private static byte[][] Utf8(IEnumerable<string> texts) => [.. texts.Select(Encoding.UTF8.GetBytes)];
}
