using System.Globalization;
using System.Text.Json;
using Scoring.Cli.Tests;
using Scoring.Cli.Tests.Support;
using Scoring.Cli.Tests.Terminal;
using Scoring.Client;
using Scoring.V1;

namespace Scoring.Acceptance.Tests.Cdnow;

/// <summary>CDNOW, the classic purchase log, imported as it is by the command into a real server.</summary>
public sealed class CdnowSpecs
{
    private static readonly string File = CdnowData.File;

    [Fact]
    public async Task Every_purchase_counts_once_however_often_and_however_the_file_is_imported()
    {
        CdnowData.SkipWithoutData();
        using var folder = new TempFolder();
        await using var server = await RunningServer.StartAsync();
        // Independently of the product's reader.
        var rows = System
            .IO.File.ReadAllLines(File)
            .Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries))
            .ToList();
        Assert.True(rows.Select(row => string.Join(' ', row)).Distinct().Count() < rows.Count, "no identical rows");

        var first = await ImportAsync(server, folder, "journal", File);
        var again = await ImportAsync(server, folder, "journal", File);
        var withoutJournal = await ImportAsync(server, folder, "none", File);
        var inOtherOrder = folder.Write("again.txt", string.Join('\n', System.IO.File.ReadAllLines(File).Reverse()));
        var reversed = await ImportAsync(server, folder, "journal", inOtherOrder);

        Assert.Equal((rows.Count, 0, 0), first);
        Assert.Equal((0, rows.Count, 0), again);
        Assert.Equal((0, 0, rows.Count), withoutJournal);
        Assert.Equal((0, 0, rows.Count), reversed);
        using var client = new ScoringClient(server.Address);
        var stats = await client.Scoring.GetSegmentStatsAsync(
            new GetSegmentStatsRequest { IncludeEventTotals = true },
            cancellationToken: TestContext.Current.CancellationToken
        );
        var total = Assert.Single(stats.EventTotals);
        Assert.Equal(
            ("purchase", rows.Count, rows.Select(row => row[0]).Distinct().Count()),
            (total.EventType, total.EventCount, (int)total.CustomerCount)
        );
        var dollars = rows.Sum(row => decimal.Parse(row[3], CultureInfo.InvariantCulture));
        Assert.Equal((double)dollars, total.ValueSum, 1e-6);
    }

    private static async Task<(int Accepted, int Earlier, int Duplicates)> ImportAsync(
        RunningServer server,
        TempFolder folder,
        string journal,
        string file
    )
    {
        var run = await CommandRun.OfAsync(
            "import",
            "--mapping",
            Path.Combine(Repository.Root, "examples", "cdnow", "mapping.yaml"),
            file,
            "--address",
            server.Address,
            "--state",
            Path.Combine(folder.Path, journal),
            "--json"
        );
        Assert.Equal(
            (0, ""),
            (
                run.ExitCode,
                string.Concat(run.Error.Split('\n').Where(l => l.StartsWith("scoring:", StringComparison.Ordinal)))
            )
        );
        using var report = JsonDocument.Parse(run.Output);
        var line = report.RootElement.GetProperty("lines")[0];
        return (
            line.GetProperty("accepted").GetInt32(),
            line.GetProperty("importedEarlier").GetInt32(),
            line.GetProperty("duplicates").GetInt32()
        );
    }
}
