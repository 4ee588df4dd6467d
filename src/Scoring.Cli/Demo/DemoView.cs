using Scoring.Cli.Models;
using Scoring.Cli.Reading;
using Scoring.Cli.Simulation;
using Scoring.Cli.Terminal;
using Scoring.V1;
using Spectre.Console;

namespace Scoring.Cli.Demo;

/// <summary>The demo's findings, in the order in which an operator asks, each with the command that shows it.</summary>
internal static class DemoView
{
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
        Section(console, "How engaged is everybody?", "segment");
        SegmentView.ShowFigures(console, findings.Everyone);
        console.WriteLine();
        SegmentView.ShowHistogram(console, findings.Everyone, findings.Palette);
        console.WriteLine();
        SegmentView.ShowBands(console, findings.Everyone, findings.Palette);

        List("Who are our champions, and why?", "customers list --why", findings.Champions);
        List(
            "Who is at risk, and why?",
            $"customers list '{DemoFindings.StillHere}' --ascending --why",
            findings.AtRisk
        );
        List(
            "Who is still engaged, but falling?",
            $"customers list '{DemoFindings.EngagedOnes}' --by momentum --ascending --why",
            findings.Falling,
            by: "momentum"
        );

        Section(console, "Where do customers struggle?", "segment --by plan");
        GroupView.Show(console, ["plan"], findings.Plans);

        Section(
            console,
            "What tells those who fall from the others?",
            $"segment '{DemoFindings.OnTheWayDown}' '{DemoFindings.NotOnTheWayDown}' --contrast"
        );
        ContrastView.Show(console, findings.Contrast);

        Section(
            console,
            "Which accounts will grow, which will leave?",
            $"accounts list '{DemoFindings.RealAccounts}' [--ascending]"
        );
        AccountView.ShowTable(console, "Healthiest", findings.Healthiest.Accounts);
        AccountView.ShowTable(console, "Sickest", findings.Sickest.Accounts);

        Section(
            console,
            $"What if a {DemoFindings.Doubled} weighed twice as much?",
            "model get engagement --file mine.json, edit it, then: model preview mine.json"
        );
        ModelPreviewView.Show(console, findings.Preview, [], findings.Palette, findings.CandidatePalette);

        void List(string title, string command, ListCustomersResponse list, string by = "score")
        {
            if (list.Customers.Count > 0)
            {
                Section(console, title, command);
                CustomerTable.Show(console, list.Customers, findings.Palette, by);
            }
        }
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
        if (findings.AtRisk.Customers is [var score, ..])
        {
            yield return $"score {score.CustomerId}";
        }

        yield return "segment 'plan = pro AND country = DE' --top 5";
        if (findings.Sickest.Accounts is [var account, ..])
        {
            yield return $"account {account.AccountId} --window 14";
        }

        yield return "export 'band = churn_risk' --attribute plan --output at-risk.csv";
        yield return "model get engagement --file engagement.json";
    }

    private static void Section(IAnsiConsole console, string title, string? command = null)
    {
        console.WriteLine();
        console.Write(new Rule($"[bold]{Markup.Escape(title)}[/]").LeftJustified().RuleStyle("grey"));
        if (command is not null)
        {
            console.MarkupLineInterpolated($"[grey]scoring {command}[/]");
        }
    }
}
