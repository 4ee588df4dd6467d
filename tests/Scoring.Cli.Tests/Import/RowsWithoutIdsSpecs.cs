using System.Text.RegularExpressions;
using Scoring.Cli.Terminal;

namespace Scoring.Cli.Tests.Import;

/// <summary>Files whose rows have no ids, whose columns have no names, and whose fields are told apart by a pattern.</summary>
public sealed class RowsWithoutIdsSpecs : IDisposable
{
    private const string Log = """
        version: 1
        files:
          - path: log.txt
            format: csv
            delimiter: whitespace
            header: false
            timestamps: yyyyMMdd
            events: [{ type: purchase, id: "{#hash}", customer: "{1}", at: "{2}", value: "{4}" }]
        """;

    private readonly ImportRun _run = new();

    public void Dispose() => _run.Dispose();

    [Fact]
    public async Task The_example_of_the_documentation_imports_its_rows_each_once()
    {
        var page = await File.ReadAllTextAsync(
            Path.Combine(Repository.Root, "docs", "import.md"),
            TestContext.Current.CancellationToken
        );
        page = page[page.IndexOf("### Rows without ids", StringComparison.Ordinal)..];
        _run.Folder.Write("cdnow_sample.txt", Block(page, "text").Replace("\n", "\r\n", StringComparison.Ordinal));

        var report = await _run.RunAsync(Block(page, "yaml cdnow.yaml"));
        var again = await _run.RunAsync(Block(page, "yaml cdnow.yaml"));

        Assert.Equal(
            [
                ("00631", 14.37, "19970103"),
                ("00631", 14.37, "19970103"),
                ("00941", 15.76, "19970815"),
                ("00941", 29.33, "19970815"),
            ],
            _run.Target.Events.Select(e => (e.CustomerId, e.Value, $"{e.OccurredAt.ToDateTime():yyyyMMdd}"))
        );
        Assert.Equal((4, 0), (report.Lines[0].Accepted, report.Rejected));
        Assert.Equal((4, 0), (again.Lines[0].ImportedEarlier, again.Lines[0].Accepted));
    }

    [Fact]
    public async Task The_mapping_of_the_examples_is_that_of_the_documentation()
    {
        var page = await File.ReadAllTextAsync(
            Path.Combine(Repository.Root, "docs", "import.md"),
            TestContext.Current.CancellationToken
        );
        var mapping = await File.ReadAllLinesAsync(
            Path.Combine(Repository.Root, "examples", "cdnow", "mapping.yaml"),
            TestContext.Current.CancellationToken
        );

        Assert.Equal(
            Block(page[page.IndexOf("### Rows without ids", StringComparison.Ordinal)..], "yaml cdnow.yaml")
                .Trim()
                .Split('\n'),
            mapping.Where(line => !line.StartsWith('#'))
        );
    }

    [Fact]
    public async Task A_file_that_is_exported_again_with_more_rows_counts_only_those()
    {
        _run.Folder.Write("log.txt", " 1 19970101  1  5\n 1 19970101  1  5\n 2 19970102  1  6\n");
        await _run.RunAsync(Log);
        _run.Folder.Write(
            "log.txt",
            "2 19970102 1 6\n1 19970101 1 5\n\n3 19970103 1 7\n1 19970101 1 5\n1 19970101 1 5\n"
        );

        var again = await _run.RunAsync(Log);

        Assert.Equal((2, 3), (again.Lines[0].Accepted, again.Lines[0].Duplicates));
        Assert.Equal(["1", "1", "2", "3", "1"], _run.Target.Events.Select(e => e.CustomerId));
        Assert.Equal(5, _run.Target.Events.Select(e => e.EventId).Distinct().Count());
    }

    [Fact]
    public async Task An_import_that_broke_goes_on_with_the_same_hashes()
    {
        _run.Folder.Write("log.txt", string.Concat(Enumerable.Repeat("1 19970101 1 5\n", 5_000)));
        _run.Target.BeforeEvents = call =>
        {
            if (call == 4)
            {
                throw new Grpc.Core.RpcException(new(Grpc.Core.StatusCode.Unavailable, "gone"));
            }
        };
        await Assert.ThrowsAsync<Grpc.Core.RpcException>(() => _run.RunAsync(Log));
        _run.Target.BeforeEvents = null;

        var again = await _run.RunAsync(Log);

        Assert.Equal(
            (2_000, 2_000, 1_000),
            (again.Lines[0].ImportedEarlier, again.Lines[0].Accepted, again.Lines[0].Duplicates)
        );
        Assert.Equal(5_000, _run.Target.Events.Select(e => e.EventId).Distinct().Count());
    }

    [Fact]
    public async Task A_corrected_row_keeps_its_hash_and_is_not_taken_for_one_that_it_now_equals()
    {
        _run.Folder.Write("log.txt", "1 19970101 1 5\n1 19970101 1 five\n");
        var rejects = Path.Combine(_run.Folder.Path, "rejects.csv");
        await _run.RunAsync(Log, rejects: rejects);
        var text = await File.ReadAllTextAsync(rejects, TestContext.Current.CancellationToken);
        await File.WriteAllTextAsync(
            rejects,
            text.Replace("1,19970101,1,five", "1,19970101,1,5", StringComparison.Ordinal),
            TestContext.Current.CancellationToken
        );

        var report = await _run.RunAsync(Log, rejects);

        Assert.Equal((1, 0), (report.Lines[0].Accepted, report.Lines[0].Duplicates));
        Assert.Equal([5, 5], _run.Target.Events.Select(e => e.Value));
    }

    [Fact]
    public async Task The_number_of_a_row_is_the_line_that_it_begins_in()
    {
        _run.Folder.Write("e.csv", "who\nann\n\n\"b\nob\"\ncy\n");

        await _run.RunAsync(
            "version: 1\nfiles:\n  - path: e.csv\n    events: [{ type: ran, id: 'e{#row}', customer: '{who}', at: '2024-01-01' }]\n"
        );

        Assert.Equal(["e2", "e4", "e6"], _run.Target.Events.Select(e => e.EventId));
    }

    [Theory]
    [InlineData("delimiter: { pattern: ' *[|/] *' }", "header: true", "who | plan\nann|pro\nbob / basic\n")]
    [InlineData("delimiter: { pattern: ' *[|/] *' }", "header: true", "plan|who\npro|ann\nbasic|bob")]
    [InlineData("delimiter: whitespace", "header: true", "  who\tplan \nann  pro\n\n\tbob \t basic\r\n")]
    [InlineData("delimiter: ';'", "header: false", "ann;pro\nbob;\"basic\"\n")]
    [InlineData("delimiter: \"\\t\"", "header: false", "ann\tpro\nbob\tbasic\n")]
    [InlineData("delimiter: ' '", "header: false", "ann pro\nbob basic\n")]
    public async Task Fields_are_told_apart_as_the_mapping_says(string delimiter, string header, string content)
    {
        var columns = header == "header: true" ? ("who", "plan") : ("1", "2");
        _run.Folder.Write("c.csv", content);

        var report = await _run.RunAsync(
            $$$"""
            version: 1
            files:
              - path: c.csv
                {{{delimiter}}}
                {{{header}}}
                customers: [{ id: "{{{{columns.Item1}}}}", attributes: { plan: "{{{{columns.Item2}}}}" } }]
            """
        );

        Assert.Equal((2, 0), (report.Lines[0].Accepted, report.Rejected));
        Assert.Equal(
            [("ann", "pro"), ("bob", "basic")],
            _run.Target.Customers.Values.Select(c => (c.CustomerId, c.Attributes["plan"]))
        );
    }

    [Theory]
    [InlineData("whitespace", "1 2\n1 2 3\n", "3 fields where the first row has 2")]
    [InlineData("','", "1,2\n1\n", "1 fields where the first row has 2")]
    public async Task A_row_of_another_length_than_the_first_is_refused(
        string delimiter,
        string content,
        string message
    )
    {
        _run.Folder.Write("c.csv", content);

        var report = await _run.RunAsync(
            $"version: 1\nfiles:\n  - path: c.csv\n    delimiter: {delimiter}\n    header: false\n    customers: [{{ id: '{{1}}' }}]\n"
        );

        Assert.Equal(
            (2, message),
            (report.Lines[0].Rejections.Single().FirstLine, report.Lines[0].Rejections.Single().FirstMessage)
        );
    }

    [Fact]
    public async Task A_column_that_a_file_without_header_does_not_have_is_named()
    {
        _run.Folder.Write("log.txt", "1 19970101 1\n");

        var error = await Assert.ThrowsAsync<CommandFailedException>(() => _run.RunAsync(Log));

        Assert.EndsWith(
            "there is no column '4', which the mapping reads in line 8 (files[0].events[0].value); without a header columns are called 1 to 3",
            error.Message,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task A_file_without_line_breaks_is_not_read_into_memory_as_one_row()
    {
        _run.Folder.Write("log.txt", new string('1', 3_000_000));

        var error = await Assert.ThrowsAsync<CommandFailedException>(() => _run.RunAsync(Log));

        Assert.EndsWith(
            "log.txt:1: a row may have 1048576 characters at most",
            error.Message,
            StringComparison.Ordinal
        );
    }

    private static string Block(string page, string language) =>
        Regex
            .Match(page, $"```{language}\n(.*?)```", RegexOptions.Singleline | RegexOptions.NonBacktracking)
            .Groups[1]
            .Value;
}
