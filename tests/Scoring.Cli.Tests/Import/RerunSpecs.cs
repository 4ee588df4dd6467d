using Grpc.Core;
using Scoring.Cli.Terminal;

namespace Scoring.Cli.Tests.Import;

/// <summary>An import can be run again without counting anything twice.</summary>
public sealed class RerunSpecs : IDisposable
{
    private const string Mapping = """
        version: 1
        files:
          - path: e.csv
            customers: [{ id: "{who}" }]
            events: [{ type: ran, id: "{id}", customer: "{who}", at: "2024-01-01" }]
        """;

    private const int Rows = 5_000;
    private readonly ImportRun _run = new();

    public RerunSpecs() =>
        _run.Folder.Write(
            "e.csv",
            "id,who\n" + string.Concat(Enumerable.Range(0, Rows).Select(i => $"{i},u{i % 100}\n"))
        );

    public void Dispose() => _run.Dispose();

    [Fact]
    public async Task A_rerun_counts_nothing_twice_even_when_the_server_has_forgotten_the_ids()
    {
        await _run.RunAsync(Mapping);
        _run.Target.ForgetEventIds();

        var again = await _run.RunAsync(Mapping);

        Assert.Equal(Rows, _run.Target.Events.Count);
        Assert.True(again.Tallies);
        Assert.All(
            again.Lines,
            rule => Assert.Equal((Rows, Rows, 0), (rule.Rows, rule.ImportedEarlier, rule.Accepted))
        );
    }

    [Fact]
    public async Task An_interrupted_import_goes_on_where_it_was_acknowledged_and_ids_protect_the_rest()
    {
        _run.Target.BeforeEvents = call =>
        {
            if (call == 4)
            {
                throw new RpcException(new Status(StatusCode.Unavailable, "gone"));
            }
        };
        await Assert.ThrowsAsync<RpcException>(() => _run.RunAsync(Mapping));
        Assert.Equal(3_000, _run.Target.Events.Count); // one chunk of 2,000 noted, half of the next one only sent
        _run.Target.BeforeEvents = null;

        var again = await _run.RunAsync(Mapping);

        Assert.Equal(Rows, _run.Target.Events.Select(e => e.EventId).Distinct().Count());
        Assert.Equal(Rows, _run.Target.Events.Count);
        Assert.True(again.Tallies);
        var events = again.Lines[1];
        Assert.Equal((2_000, 2_000, 1_000), (events.ImportedEarlier, events.Accepted, events.Duplicates));
    }

    [Fact]
    public async Task A_journal_of_another_server_is_noticed_and_restart_forgets_it()
    {
        await _run.RunAsync(Mapping);
        _run.Target.LoseEverything();

        var error = await Assert.ThrowsAsync<CommandFailedException>(() => _run.RunAsync(Mapping));
        Assert.Contains("does not know the customer", error.Message, StringComparison.Ordinal);
        Assert.Contains("--restart", error.Message, StringComparison.Ordinal);

        await _run.RunAsync(Mapping, restart: true);
        Assert.Equal(Rows, _run.Target.Events.Count);
    }

    [Fact]
    public async Task The_same_file_under_another_mapping_is_refused()
    {
        await _run.RunAsync(Mapping);

        var error = await Assert.ThrowsAsync<CommandFailedException>(() =>
            _run.RunAsync(Mapping.Replace("type: ran", "type: walked", StringComparison.Ordinal))
        );

        Assert.Contains(
            "was imported to http://localhost:5081/ under another mapping (5000 rows)",
            error.Message,
            StringComparison.Ordinal
        );
        Assert.Equal(Rows, _run.Target.Events.Count);
    }

    [Theory]
    [InlineData("every time is of another form", "2024-01-01", "01.01.2024")]
    [InlineData("every time is in the future", "2024-01-01", "2999-01-01")]
    public async Task A_file_of_which_nothing_was_counted_can_be_imported_under_a_changed_mapping(
        string why,
        string right,
        string wrong
    )
    {
        var first = await _run.RunAsync(Mapping.Replace(right, wrong, StringComparison.Ordinal));

        var second = await _run.RunAsync(Mapping);

        Assert.True(first.Lines[1].Rejected == Rows, why);
        Assert.Equal(Rows, second.Lines[1].Accepted);
        Assert.Equal(Rows, _run.Target.Events.Count);
    }

    [Fact]
    public async Task A_file_of_which_nothing_was_counted_is_tried_again_by_the_same_mapping()
    {
        var mapping = Mapping.Replace("2024-01-01", "2999-01-01", StringComparison.Ordinal);
        await _run.RunAsync(mapping);

        var again = await _run.RunAsync(mapping);

        Assert.Equal((0, Rows), (again.Lines[1].ImportedEarlier, again.Lines[1].RejectedByServer));
    }

    [Fact]
    public async Task A_file_of_which_one_event_was_counted_is_refused_under_a_changed_mapping()
    {
        var mapping = Mapping.Replace(
            "\"2024-01-01\"",
            "{ from: \"{id}\", map: { '7': '2024-01-01' } }",
            StringComparison.Ordinal
        );
        await _run.RunAsync(mapping);

        var error = await Assert.ThrowsAsync<CommandFailedException>(() => _run.RunAsync(Mapping));

        Assert.Contains("under another mapping", error.Message, StringComparison.Ordinal);
        Assert.Single(_run.Target.Events);
    }

    [Fact]
    public async Task A_journal_without_a_count_of_events_is_not_trusted()
    {
        await _run.RunAsync(Mapping);
        var journal = Assert.Single(Directory.GetFiles(Path.Combine(_run.Folder.Path, "state"), "*.json"));
        var lines = await File.ReadAllLinesAsync(journal, TestContext.Current.CancellationToken);
        await File.WriteAllLinesAsync(
            journal,
            lines.Where(line => !line.Contains("\"events\"", StringComparison.Ordinal)),
            TestContext.Current.CancellationToken
        );

        var error = await Assert.ThrowsAsync<CommandFailedException>(() => _run.RunAsync(Mapping));

        Assert.Contains("or of another version of this program", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_file_with_other_content_is_another_file()
    {
        await _run.RunAsync(Mapping);
        _run.Folder.Write("e.csv", "id,who\nnew,u1\n");

        await _run.RunAsync(Mapping);

        Assert.Equal(Rows + 1, _run.Target.Events.Count);
    }

    [Fact]
    public async Task Two_imports_of_one_file_at_once_are_refused()
    {
        string? refused = null;
        _run.Target.BeforeEvents = call =>
        {
            _run.Target.BeforeEvents = null;
            refused = Assert
                .Throws<CommandFailedException>(() => _run.RunAsync(Mapping).GetAwaiter().GetResult())
                .Message;
        };

        await _run.RunAsync(Mapping);

        Assert.Contains("is another import of e.csv running?", refused!, StringComparison.Ordinal);
        Assert.Equal(Rows, _run.Target.Events.Count);
    }

    [Fact]
    public async Task A_damaged_journal_is_named_and_not_trusted()
    {
        await _run.RunAsync(Mapping);
        var journal = Assert.Single(Directory.GetFiles(Path.Combine(_run.Folder.Path, "state"), "*.json"));
        await File.WriteAllTextAsync(journal, "{", TestContext.Current.CancellationToken);

        var error = await Assert.ThrowsAsync<CommandFailedException>(() => _run.RunAsync(Mapping));

        Assert.Contains($"the import journal {journal} is damaged", error.Message, StringComparison.Ordinal);
    }
}
