using Scoring.Cli.Reading;
using Scoring.Cli.Simulation;
using Scoring.Cli.Terminal;
using Scoring.V1;
using Spectre.Console;

namespace Scoring.Cli.Demo;

/// <summary>The demo's findings, in the order in which an operator asks.</summary>
internal static class DemoView
{
    private const int AccountsShown = 5;

    // Of one or two people the figures say little.
    private const int SmallestAccount = 4;

    public static void Show(
        IAnsiConsole console,
        SimulatedPopulation people,
        RecordingSummary summary,
        DemoFindings findings
    )
    {
        console.MarkupLine(
            $"[bold]{Words.Count(summary.Totals.Accepted)} events[/] of {Words.Count(people.Customers.Count)} customers in "
                + $"{Words.Count(people.Accounts.Count)} accounts, recorded and on disk in {summary.Elapsed.TotalSeconds:0.0} s "
                + $"([bold]{Words.Count((long)summary.Rate)} events/s[/])."
        );
        Section(console, "How engaged is everybody?");
        SegmentView.ShowFigures(console, findings.Everyone);
        console.WriteLine();
        SegmentView.ShowHistogram(console, findings.Everyone, findings.Palette);
        console.WriteLine();
        SegmentView.ShowBands(console, findings.Everyone, findings.Palette);

        Section(console, "Who are our champions, and why?");
        ScoreView.ShowTable(console, findings.Top, findings.Palette);
        Section(console, "Who is at risk, and why?");
        ScoreView.ShowTable(console, findings.AtRisk, findings.Palette);
        if (findings.Falling.Count > 0)
        {
            Section(console, "Who is still engaged, but falling?");
            ScoreView.ShowTable(console, findings.Falling, findings.Palette);
        }

        Section(console, "Where do customers struggle?");
        SegmentView.ShowSideBySide(console, "Plan", findings.Plans, findings.Palette);
        SegmentView.ShowSideBySide(console, "Country", findings.Countries, findings.Palette);

        Section(console, "Which accounts will grow, which will leave?");
        var accounts = Ranked(findings);
        var shown = Math.Min(AccountsShown, (accounts.Count + 1) / 2);
        AccountView.ShowTable(console, "Healthiest", accounts.Take(shown));
        AccountView.ShowTable(console, "Sickest", accounts.TakeLast(shown).Reverse());
    }

    /// <summary>What to try next: on the demo's server while it runs, else on one that is to be started.</summary>
    public static void ShowNext(IAnsiConsole console, string? address, DemoFindings findings)
    {
        Section(console, "What next?");
        const string Run = "dotnet run -c Release --project src/Scoring.Cli --";
        if (address is null)
        {
            console.WriteLine("The server and its data are gone again. To keep them and ask more:");
            console.WriteLine($"  {Run} demo --keep");
            console.WriteLine(
                "To score your own customers, start a server and send it events or import files (docs/import.md):"
            );
            console.WriteLine("  dotnet run -c Release --project src/Scoring.Server");
            console.WriteLine($"  {Run} import --help");
            return;
        }

        console.WriteLine("In another terminal:");
        console.WriteLine($"  export SCORING_ADDRESS={address}");
        foreach (var command in Commands(findings))
        {
            console.WriteLine($"  {Run} {command}");
        }
    }

    private static IEnumerable<string> Commands(DemoFindings findings)
    {
        if (findings.AtRisk is [var score, ..])
        {
            yield return $"score {score.CustomerId}";
        }

        yield return "segment 'plan = \"pro\" AND country = \"DE\"' --top 5";
        if (findings.Accounts is [var account, ..])
        {
            yield return $"account {account.AccountId} --window 14";
        }

        yield return "model get engagement --file engagement.json";
        yield return "simulate --customers 500 --seed 2";
    }

    private static List<AccountHealth> Ranked(DemoFindings findings)
    {
        var known = findings.Accounts.Where(account => account.HasScore).ToList();
        var large = known.Where(account => account.CustomerCount >= SmallestAccount).ToList();
        return [.. (large.Count >= 2 * AccountsShown ? large : known).OrderByDescending(account => account.Score)];
    }

    private static void Section(IAnsiConsole console, string title)
    {
        console.WriteLine();
        console.Write(new Rule($"[bold]{Markup.Escape(title)}[/]").LeftJustified().RuleStyle("grey"));
    }
}
