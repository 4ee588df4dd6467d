using Scoring.Cli.Terminal;
using Spectre.Console;

namespace Scoring.Cli.Migration;

/// <summary>A report for people.</summary>
internal static class MigrationView
{
    public static void Show(IAnsiConsole console, MigrationReport report)
    {
        var table = Tables.New("workspace", "customers", "accounts", "models", "half-lives (days)");
        foreach (var workspace in report.Workspaces)
        {
            table.AddRow(
                Markup.Escape(workspace.Name),
                Words.Count(workspace.Customers),
                Words.Count(workspace.Accounts),
                Markup.Escape(string.Join(", ", workspace.Models.Select(m => $"{m.Name} v{m.Version}"))),
                string.Join(", ", workspace.HalfLivesDays)
            );
        }
        console.Write(table);
        console.MarkupLineInterpolated(
            $"{Words.Count(report.EventIds)} event ids are remembered, so that what is sent again does not count again."
        );
        if (report.DryRun)
        {
            console.MarkupLine("Nothing was written: this was a dry run. Run it again without --dry-run.");
            return;
        }
        console.MarkupLineInterpolated(
            $"Moved and read back: {Words.Count(report.Customers, "customer")} (checksum {report.Checksum}), {Words.Count(report.Accounts, "account")}, in {Words.Number(report.Seconds)} s."
        );
        console.WriteLine(
            report.Direction == ToCluster.Direction
                ? "Next: start the silos with the server's setting Workspaces. The server's store was left as it was; do not start a server on it "
                    + "again, what it takes would not be in the cluster."
                : $"Next: start the server on this data directory with the silos' setting Workspaces ({report.Partitions} partitions). The database "
                    + "was left as it was; do not start silos on it again, what they take would not be in the store."
        );
    }
}
