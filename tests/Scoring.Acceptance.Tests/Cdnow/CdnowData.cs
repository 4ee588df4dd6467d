using System.Globalization;
using Scoring.Cli.Tests;
using Scoring.Cli.Tests.Support;
using Scoring.Cli.Tests.Terminal;

namespace Scoring.Acceptance.Tests.Cdnow;

/// <summary>The purchase log, which is not part of the repository.</summary>
internal static class CdnowData
{
    private const string Variable = "SCORING_CDNOW";
    private const string FileName = "cdnow_sample.txt";

    public static readonly string File = Path.Combine(
        Environment.GetEnvironmentVariable(Variable) ?? Path.Combine(Repository.Root, "..", "shared", "data", "cdnow"),
        FileName
    );

    public static void SkipWithoutData() =>
        Assert.SkipUnless(
            System.IO.File.Exists(File),
            $"CDNOW is not here: put {FileName} into ../shared/data/cdnow, or name its folder in {Variable}."
        );

    /// <summary>The days on which each customer bought, each once, read independently of the product's reader.</summary>
    public static ILookup<string, DateOnly> Days() =>
        System
            .IO.File.ReadAllLines(File)
            .Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries))
            .Select(row =>
                (Customer: row[0], Day: DateOnly.ParseExact(row[1], "yyyyMMdd", CultureInfo.InvariantCulture))
            )
            .Distinct()
            .ToLookup(purchase => purchase.Customer, purchase => purchase.Day);

    /// <summary>Imports the log into a server, as the documentation says.</summary>
    public static async Task ImportAsync(RunningServer server)
    {
        using var folder = new TempFolder();
        var run = await CommandRun.OfAsync(
            "import",
            "--mapping",
            Path.Combine(Repository.Root, "examples", "cdnow", "mapping.yaml"),
            File,
            "--address",
            server.Address,
            "--state",
            Path.Combine(folder.Path, "journal"),
            "--json"
        );
        Assert.Equal(0, run.ExitCode);
    }
}
