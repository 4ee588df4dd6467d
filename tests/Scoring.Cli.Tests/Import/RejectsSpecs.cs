using Scoring.Cli.Import;
using Scoring.Cli.Terminal;

namespace Scoring.Cli.Tests.Import;

/// <summary>Rejected rows are written to a file, corrected there, and imported.</summary>
public sealed class RejectsSpecs : IDisposable
{
    private const string Head =
        "rejected_row,rejected_reason,rejected_message,rejected_file,rejected_rule,rejected_hash,rejected_text";

    private const string Events = """
        version: 1
        files:
          - path: e.csv
            events: [{ type: ran, id: "{id}", customer: "{who}", at: "{when}" }]
        """;

    private readonly ImportRun _run = new();

    public void Dispose() => _run.Dispose();

    private string Rejects => Path.Combine(_run.Folder.Path, "rejects.csv");

    [Fact]
    public async Task Rejected_rows_are_written_with_their_number_the_reason_and_all_their_columns()
    {
        _run.Folder.Write(
            "e.csv",
            "id,who,when,note\n1,ann,2024-01-01,\n\n2,ann,soon,\"a, \"\"b\"\"\"\n3,ann\n4,ann,2999-01-01,x\n"
        );

        await _run.RunAsync(Events, rejects: Rejects);

        Assert.Equal(
            [
                $"{Head},id,who,when,note",
                "4,bad_timestamp,'soon' is not a time of the form ISO 8601 (2025-01-31 or 2025-01-31T12:30:00Z) ('files[0].events[0].at'),e,events[0],,,2,ann,soon,\"a, \"\"b\"\"\"",
                "5,malformed_row,2 fields where the header has 4,e,,,\"3,ann\",,,,",
                "6,occurred_at_in_future,in the future,e,events[0],,,4,ann,2999-01-01,x",
            ],
            await LinesAsync()
        );
    }

    [Fact]
    public async Task What_was_corrected_is_imported_by_the_same_mapping_and_nothing_else_is()
    {
        _run.Folder.Write("e.csv", "id,who,when\n1,ann,2024-01-01\n2,ann,soon\n3,ann\n");
        await _run.RunAsync(Events, rejects: Rejects);
        await CorrectAsync(",2,ann,soon", ",2,ann,2024-01-02");
        await CorrectAsync("\"3,ann\",,,", "\"3,ann\",3,ann,2024-01-03");

        var report = await _run.RunAsync(Events, Rejects);
        var again = await _run.RunAsync(Events, Rejects);

        Assert.Equal(["1", "2", "3"], _run.Target.Events.Select(e => e.EventId));
        Assert.Equal((2, 2, 0), Of(report));
        Assert.Equal((2, 0, 0), Of(again));
    }

    [Fact]
    public async Task What_is_still_wrong_is_rejected_again_with_its_first_number()
    {
        _run.Folder.Write("e.csv", "id,who,when\n1,ann,2024-01-01\n2,ann,soon\n3,ann,later\n");
        await _run.RunAsync(Events, rejects: Rejects);
        await CorrectAsync(",2,ann,soon", ",2,ann,2024-01-02");
        var second = Path.Combine(_run.Folder.Path, "again.csv");

        await _run.RunAsync(Events, Rejects, rejects: second);

        Assert.Equal(["1", "2"], _run.Target.Events.Select(e => e.EventId));
        var lines = await File.ReadAllLinesAsync(second, TestContext.Current.CancellationToken);
        Assert.Equal($"{Head},id,who,when", lines[0]);
        Assert.StartsWith("4,bad_timestamp,", Assert.Single(lines[1..]), StringComparison.Ordinal);
        Assert.EndsWith(",3,ann,later", lines[1], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Only_the_rule_that_rejected_a_row_takes_it_again_even_when_the_server_has_forgotten_the_ids()
    {
        const string Mapping = """
            version: 1
            files:
              - path: e.csv
                events:
                  - { type: began, id: "{id}/b", customer: "{who}", at: "{begin}" }
                  - { type: ended, id: "{id}/e", customer: "{who}", at: "{end}" }
            """;
        _run.Folder.Write("e.csv", "id,who,begin,end\n1,ann,2024-01-01,soon\n");
        await _run.RunAsync(Mapping, rejects: Rejects);
        _run.Target.ForgetEventIds();
        await CorrectAsync(",2024-01-01,soon", ",2024-01-01,2024-01-05");

        var report = await _run.RunAsync(Mapping, Rejects);

        Assert.Equal(["began", "ended"], _run.Target.Events.Select(e => e.Type));
        Assert.True(report.Tallies);
        Assert.Equal([(1, 1), (1, 0)], report.Lines.Select(rule => (rule.Rows, rule.NotWanted)));
    }

    [Fact]
    public async Task Rows_of_several_files_are_in_one_file_and_find_their_file_and_its_joins_again()
    {
        const string Mapping = """
            version: 1
            files:
              - path: people.csv
                customers: [{ id: "{id}", attributes: { plan: { from: "{plan}", map: { P: pro } } } }]
              - path: uses.jsonl
                joins: { person: { file: people, key: id, equals: "{user.id}" } }
                events: [{ type: used, id: "{id}", customer: "{user.id}", at: "{at}", feature: "{person.plan}" }]
            """;
        _run.Folder.Write("people.csv", "id,plan\nann,P\nbob,X\n");
        _run.Folder.Write(
            "uses.jsonl",
            """
            {"id":1,"user":{"id":"ann"},"at":"2024-01-01"}
            {"id":2,"user":{"id":"ann"},"at":"never"}
            {"id":3,
            """
        );
        await _run.RunAsync(Mapping, rejects: Rejects);
        var lines = await LinesAsync();
        Assert.Equal($"{Head},id,plan,user.id,at", lines[0]);
        Assert.EndsWith(",people,customers[0],,,bob,X,,", lines[1], StringComparison.Ordinal);
        Assert.EndsWith(",uses,events[0],,,2,,ann,never", lines[2], StringComparison.Ordinal);
        Assert.EndsWith(",uses,,,\"{\"\"id\"\":3,\",,,,", lines[3], StringComparison.Ordinal);
        await CorrectAsync(",bob,X,", ",bob,P,");
        await CorrectAsync(",ann,never", ",ann,2024-01-02");
        await CorrectAsync("\"\"id\"\":3,\",,,,", "\"\"id\"\":3,\",3,,ann,2024-01-03");

        var report = await _run.RunAsync(Mapping, Rejects);

        Assert.Equal(0, report.Rejected);
        Assert.Equal("pro", _run.Target.Customers["bob"].Attributes["plan"]);
        Assert.Equal([("1", "P"), ("2", "P"), ("3", "P")], _run.Target.Events.Select(e => (e.EventId, e.Feature)));
    }

    [Fact]
    public async Task Without_rejected_rows_there_is_no_file_and_one_that_is_there_is_left_alone()
    {
        _run.Folder.Write("e.csv", "id,who,when\n1,ann,2024-01-01\n");
        await _run.RunAsync(Events, rejects: Rejects);
        Assert.False(File.Exists(Rejects));
        _run.Folder.Write("rejects.csv", "mine");

        var error = await Assert.ThrowsAsync<CommandFailedException>(() => _run.RunAsync(Events, rejects: Rejects));

        Assert.Contains("rejects.csv: is there already", error.Message, StringComparison.Ordinal);
        Assert.Equal(["mine"], await LinesAsync());
    }

    [Theory]
    [InlineData(",x,events[0],,,", ":2: the mapping has no file 'x' (rejected_file)")]
    [InlineData(",e,events[7],,,", ":2: the mapping has no rule 'events[7]' for 'e' (rejected_rule)")]
    [InlineData(",e,events[0],,", ":2: 9 fields where the header has 10")]
    public async Task A_file_of_rejected_rows_that_is_damaged_is_refused_before_anything_is_sent(
        string damage,
        string expected
    )
    {
        _run.Folder.Write("e.csv", "id,who,when\n1,ann,2024-01-01\n2,ann,soon\n");
        await _run.RunAsync(Events, rejects: Rejects);
        await CorrectAsync(",e,events[0],,,", damage);

        var error = await Assert.ThrowsAsync<CommandFailedException>(() => _run.RunAsync(Events, Rejects));

        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
        Assert.Single(_run.Target.Events);
    }

    private static (long Rows, long Accepted, long Rejected) Of(ImportReport report)
    {
        var rule = Assert.Single(report.Lines);
        Assert.True(report.Tallies);
        return (rule.Rows, rule.Accepted, rule.Rejected);
    }

    private Task<string[]> LinesAsync() => File.ReadAllLinesAsync(Rejects, TestContext.Current.CancellationToken);

    private async Task CorrectAsync(string wrong, string right)
    {
        var text = await File.ReadAllTextAsync(Rejects, TestContext.Current.CancellationToken);
        Assert.Contains(wrong, text, StringComparison.Ordinal);
        await File.WriteAllTextAsync(
            Rejects,
            text.Replace(wrong, right, StringComparison.Ordinal),
            TestContext.Current.CancellationToken
        );
    }
}
