using System.Net;
using System.Text;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Google.Rpc;
using Scoring.Rpc.Tests.Protos;

namespace Scoring.Rpc.Tests.Server;

/// <summary>The JSON mapping of protobuf, as callers meet it.</summary>
public sealed class JsonTests
{
    [Theory]
    [InlineData("customerId")]
    [InlineData("customer_id")]
    public async Task Fields_are_read_under_both_names_and_written_in_lowerCamelCase(string name)
    {
        await using var server = await Ask.StartAsync();

        var answer = await PostAsync(server, $$"""{"{{name}}":"c-1"}""");

        Assert.Equal("c-1", answer.Json.GetProperty("customerId").GetString());
    }

    [Fact]
    public async Task Every_kind_of_field_survives()
    {
        await using var server = await Ask.StartAsync();
        var question = new Question
        {
            Big = long.MaxValue,
            AskedAt = new Timestamp { Seconds = 1_763_800_000, Nanos = 500_000_000 },
            Inner = new Question { CustomerId = "\u0000\"\\ä\U0001F600" },
            Packed = Any.Pack(new RetryInfo { RetryDelay = new Duration { Seconds = 3 } }),
            Payload = ByteString.CopyFrom(0, 255),
            Mood = Mood.Curious,
        };
        const string Json = """
            {
              "big": "9223372036854775807",
              "askedAt": "2025-11-22T08:26:40.500Z",
              "inner": { "customerId": "\u0000\"\\ä😀" },
              "packed": { "@type": "type.googleapis.com/google.rpc.RetryInfo", "retryDelay": "3s" },
              "payload": "AP8=",
              "mood": "MOOD_CURIOUS"
            }
            """;

        var fromJson = await PostAsync(server, Json);
        var again = await server.PostAsync(Ask.Path, fromJson.Body, "application/json");

        Assert.Equal("9223372036854775807", again.Json.GetProperty("big").GetString());
        Assert.Equal("2025-11-22T08:26:40.500Z", again.Json.GetProperty("askedAt").GetString());
        Assert.Equal("3s", again.Json.GetProperty("packed").GetProperty("retryDelay").GetString());
        Assert.Equal("MOOD_CURIOUS", again.Json.GetProperty("mood").GetString());
        Assert.Equal(question.Inner.CustomerId, again.Json.GetProperty("inner").GetProperty("customerId").GetString());
        Assert.Equal("AP8=", again.Json.GetProperty("payload").GetString());
    }

    [Theory]
    [InlineData("""{"customerid":"c-1"}""", "customerid")]
    [InlineData("""{"inner":{"inner":{"colour":[1,{}]}}}""", "inner.inner.colour")]
    [InlineData(
        """{"answers":[{},{"packed":{"violations":[{},{"typ":1}],"@type":"a/google.rpc.PreconditionFailure"}}]}""",
        "answers[1].packed.violations[1].typ"
    )]
    [InlineData(
        """{"packed":{"@type":"a/google.protobuf.Any","value":{"@type":"a/google.rpc.RetryInfo","retry":1}}}""",
        "packed.value.retry"
    )]
    [InlineData("""{"named":{"first":{},"second":{"colour":null}}}""", "named.second.colour")]
    public async Task An_unknown_field_is_refused_by_its_path(string json, string field)
    {
        await using var server = await Ask.StartAsync();

        var answer = await ConnectUnaryTests.AssertErrorAsync(
            PostAsync(server, json),
            400,
            "invalid_argument",
            field + ": no field of this name"
        );

        var violation = answer.Json.GetProperty("details")[0].GetProperty("debug").GetProperty("fieldViolations")[0];
        Assert.Equal(field, violation.GetProperty("field").GetString());
    }

    [Theory]
    [InlineData("""{"customerId":"a","customerId":"b"}""", "customer_id")]
    [InlineData("""{"answers":[{},{"customerId":"a","customer_id":"b"}]}""", "answers[1].customer_id")]
    public async Task A_field_that_comes_twice_is_refused(string json, string field)
    {
        await using var server = await Ask.StartAsync();

        await ConnectUnaryTests.AssertErrorAsync(
            PostAsync(server, json),
            400,
            "invalid_argument",
            field + ": the field comes twice"
        );
    }

    public static TheoryData<string> Malformed =>
        [
            "",
            " ",
            "null",
            "1",
            "[]",
            "\"text\"",
            "{",
            "{}{}",
            "{\"customerId\":}",
            "{\"customerId\":1}",
            "{\"customerId\":\"\\ud800\"}",
            "{\"customerId\":[]}",
            "{\"big\":\"9223372036854775808\"}",
            "{\"big\":1.5}",
            "{\"big\":1e400}",
            "{\"askedAt\":\"yesterday\"}",
            "{\"askedAt\":\"2025-13-22T08:26:40Z\"}",
            "{\"mood\":\"MOOD_NONE\"}",
            "{\"payload\":\"!\"}",
            "{\"inner\":7}",
            "{\"packed\":{\"@type\":\"type.googleapis.com/no.Such\"}}",
            "{\"packed\":{\"@type\":\"\"}}",
            "{\"packed\":{\"@type\":7}}",
            "{\"packed\":{\"x\":7}}",
            "<html/>",
            string.Concat(Enumerable.Repeat("{\"inner\":", 1_000)),
            new string('[', 10_000),
            "\u0000",
        ];

    [Theory]
    [MemberData(nameof(Malformed))]
    public async Task What_is_no_such_message_is_invalid_and_nothing_for_the_log(string json)
    {
        await using var server = await Ask.StartAsync();

        var answer = await PostAsync(server, json);

        Assert.Equal(
            (HttpStatusCode.BadRequest, "invalid_argument"),
            (answer.Http, answer.Json.GetProperty("code").GetString())
        );
        Assert.Empty(server.Logged);
    }

    [Fact]
    public async Task Text_that_is_not_utf8_is_invalid()
    {
        await using var server = await Ask.StartAsync();

        await ConnectUnaryTests.AssertErrorAsync(
            server.PostAsync(
                Ask.Path,
                [(byte)'{', (byte)'"', 0xff, (byte)'"', (byte)':', (byte)'1', (byte)'}'],
                "application/json"
            ),
            400,
            "invalid_argument",
            "JSON"
        );
    }

    private static Task<Raw.Answer> PostAsync(TestServer server, string json) =>
        server.PostAsync(Ask.Path, Encoding.UTF8.GetBytes(json), "application/json");
}
