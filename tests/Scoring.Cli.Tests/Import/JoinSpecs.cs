using Scoring.Cli.Terminal;

namespace Scoring.Cli.Tests.Import;

public sealed class JoinSpecs : IDisposable
{
    private const string Latest = """
        version: 1
        files:
          - path: subs.csv
          - path: tickets.csv
            joins:
              sub:
                file: subs
                key: account
                equals: "{account}"
                latest: start
                on_or_before: "{at}"
                ties: id
                otherwise: OTHERWISE
            events:
              - { type: ticket, id: "{id}", customer: "{sub.id}", at: "{at}" }
        """;

    private readonly ImportRun _run = new();

    public void Dispose() => _run.Dispose();

    [Theory]
    [InlineData("2024-01-01", "s2")] // before all: the earliest, of two that tie the smaller name
    [InlineData("2024-02-01", "s3")] // on the day itself, of two that tie the greater name
    [InlineData("2024-04-30", "s3")]
    [InlineData("2024-05-01", "s1")]
    [InlineData("2024-12-31", "s1")]
    public async Task Latest_takes_the_last_row_on_or_before_and_otherwise_the_earliest(string at, string expected)
    {
        WriteSubscriptions();
        _run.Folder.Write("tickets.csv", $"id,account,at\nt1,a,{at}\n");

        await _run.RunAsync(Latest.Replace("OTHERWISE", "earliest", StringComparison.Ordinal));

        Assert.Equal(expected, Assert.Single(_run.Target.Events).CustomerId);
    }

    [Fact]
    public async Task Without_otherwise_a_row_before_all_has_no_match()
    {
        WriteSubscriptions();
        _run.Folder.Write("tickets.csv", "id,account,at\nt1,a,2024-01-01\n");

        var report = await _run.RunAsync(Latest.Replace("OTHERWISE", "none", StringComparison.Ordinal));

        var rejection = Assert.Single(Assert.Single(report.Lines).Rejections);
        Assert.Equal("no_match", rejection.Reason);
        Assert.Equal("no row of 'subs' has account = 'a' (join 'sub')", rejection.FirstMessage);
    }

    [Fact]
    public async Task A_row_whose_key_is_unknown_is_refused()
    {
        WriteSubscriptions();
        _run.Folder.Write("tickets.csv", "id,account,at\nt1,zzz,2024-06-01\nt2,a,2024-06-01\n");

        var report = await _run.RunAsync(Latest.Replace("OTHERWISE", "earliest", StringComparison.Ordinal));

        Assert.True(report.Tallies);
        Assert.Equal((2, 1, 1), (report.Lines[0].Rows, report.Lines[0].Accepted, report.Lines[0].RejectedHere));
    }

    [Fact]
    public async Task An_optional_join_without_a_match_gives_empty_columns()
    {
        _run.Folder.Write("firms.csv", "id,kind\nf1,big\n");
        _run.Folder.Write("c.csv", "id,firm\n1,f1\n2,f2\n");

        var report = await _run.RunAsync(
            """
            version: 1
            files:
              - path: firms.csv
              - path: c.csv
                joins:
                  firm: { file: firms, key: id, equals: "{firm}", optional: true }
                customers:
                  - { id: "{id}", attributes: { kind: "{firm.kind}" } }
            """
        );

        Assert.Equal(0, report.Rejected);
        Assert.Equal("big", _run.Target.Customers["1"].Attributes["kind"]);
        Assert.Empty(_run.Target.Customers["2"].Attributes);
    }

    [Fact]
    public async Task A_join_may_go_on_from_the_row_of_an_earlier_one()
    {
        _run.Folder.Write("firms.csv", "id,country\nf1,DE\n");
        _run.Folder.Write("people.csv", "id,firm\np1,f1\n");
        _run.Folder.Write("uses.csv", "id,who\n1,p1\n");

        await _run.RunAsync(
            """
            version: 1
            files:
              - path: firms.csv
              - path: people.csv
              - path: uses.csv
                joins:
                  person: { file: people, key: id, equals: "{who}" }
                  firm: { file: firms, key: id, equals: "{person.firm}" }
                customers:
                  - { id: "{who}", attributes: { country: "{firm.country}" } }
            """
        );

        Assert.Equal("DE", _run.Target.Customers["p1"].Attributes["country"]);
    }

    [Fact]
    public async Task A_key_that_occurs_twice_stops_a_join_that_does_not_choose()
    {
        WriteSubscriptions();
        _run.Folder.Write("c.csv", "account\na\n");

        var error = await Assert.ThrowsAsync<CommandFailedException>(() =>
            _run.RunAsync(
                """
                version: 1
                files:
                  - path: subs.csv
                  - path: c.csv
                    joins:
                      sub: { file: subs, key: account, equals: "{account}" }
                    customers: [{ id: "{sub.id}" }]
                """
            )
        );

        Assert.Contains("subs.csv:3: account = 'a' occurs in line 2 too", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_column_of_a_join_that_the_joined_file_lacks_stops_the_import()
    {
        _run.Folder.Write("subs.csv", "id,account\ns1,a\n");
        _run.Folder.Write("tickets.csv", "id,account,at\nt1,a,2024-01-01\n");

        var error = await Assert.ThrowsAsync<CommandFailedException>(() =>
            _run.RunAsync(Latest.Replace("OTHERWISE", "none", StringComparison.Ordinal))
        );

        Assert.Contains("subs.csv:1: there is no column 'start'", error.Message, StringComparison.Ordinal);
    }

    private void WriteSubscriptions() =>
        _run.Folder.Write(
            "subs.csv",
            "id,account,start\ns1,a,2024-05-01\ns3,a,2024-02-01\ns2,a,2024-02-01\nx,b,2020-01-01\n"
        );
}
