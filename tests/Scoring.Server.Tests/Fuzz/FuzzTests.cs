using System.Text;
using Google.Protobuf;
using Grpc.Core;
using Scoring.Core;
using Scoring.Core.Filters;
using Scoring.ModelFiles.Json;
using Scoring.Server.Access;
using Scoring.Server.Calls;
using Scoring.Server.Settings.Values;

namespace Scoring.Server.Tests.Fuzz;

/// <summary>Our own parsers on damaged input: they read it or refuse it, and never fail otherwise. Requests to record events: WireEventTests.</summary>
public sealed class FuzzTests
{
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
        foreach (var body in Mutations.Of(Corpus("bodies"), Utf8(JsonTokens)))
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
        string[] tokens =
        [
            "AND",
            "OR",
            "NOT ",
            "IN",
            "=",
            "<",
            ":",
            "\"",
            "'",
            "\\",
            " ",
            "(",
            ")",
            ",",
            "*",
            "-",
            "14d",
            "ä",
            "\0",
            "plan",
            "score",
            "AND AND",
        ];
        foreach (var filter in Mutations.Of(Corpus("filters"), Utf8(tokens)))
        {
            try
            {
                Filter.Parse(Encoding.UTF8.GetString(filter));
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
        foreach (var token in Mutations.Of(Corpus("page-tokens"), Utf8(["=", "-", "_", "ä", "A"])))
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

    [Fact]
    public void API_key_is_read_with_its_id_or_refused()
    {
        var read = 0;
        foreach (var input in Mutations.Of(Corpus("keys"), Utf8(["scoring_", "_", "-", "ä", "\0", "\n", "=", "A"])))
        {
            var text = Encoding.UTF8.GetString(input);
            if (KeyText.TryRead(text, out var id, out var hash))
            {
                read++;
                Assert.StartsWith($"{KeyText.Prefix}{id}_", text, StringComparison.Ordinal);
                Assert.Equal(32, hash.Length);
                Assert.DoesNotContain('_', id);
            }
        }
        Assert.True(read > 0);
    }

    [Fact]
    public void Grant_is_read_as_it_is_written_or_refused()
    {
        foreach (var input in Mutations.Of(Corpus("grants"), Utf8(["@", "=", "*", "admin", "ä", " ", "@*", "\0"])))
        {
            var text = Encoding.UTF8.GetString(input);
            try
            {
                Assert.Equal(text, GrantRule.Parse(text).ToString());
            }
            catch (FormatException)
            {
                // It is refused.
            }
        }
    }

    private static byte[][] Corpus(string name) =>
        Utf8(File.ReadAllLines(Path.Combine(AppContext.BaseDirectory, "Corpora", $"{name}.txt")));

    private static byte[][] Utf8(IEnumerable<string> texts) => [.. texts.Select(Encoding.UTF8.GetBytes)];
}
