using System.Globalization;
using Scoring.Cli.Terminal;
using Scoring.Engine.Moving;
using Spectre.Console;

namespace Scoring.Cli.Moving;

/// <summary>What was moved, on the screen.</summary>
internal static class MoveView
{
    /// <summary>How far a move is.</summary>
    public static string Detail(MoveProgress progress) =>
        string.Create(
            CultureInfo.InvariantCulture,
            $", {progress.Partitions} of {progress.OfPartitions} partitions, {progress.Customers:N0} customers, {progress.Bytes / 1e6:N0} MB"
        );

    public static void Show(IAnsiConsole console, MoveReport report)
    {
        var table = Tables.New("Workspace", "customers", "accounts", "events");
        foreach (var workspace in report.Workspaces)
        {
            table.AddRow(
                Markup.Escape(workspace.Name),
                Words.Count(workspace.Customers),
                Words.Count(workspace.Accounts),
                Words.Count(workspace.Events)
            );
        }

        console.Write(table);
        console.MarkupLineInterpolated(
            $"All of it is there, in {Words.Count(report.Partitions, "partition")}, with {Words.Count(report.Models, "model")} and {Words.Count(report.EventIds, "event id")}: the copy was read again and is the same."
        );
        console.MarkupLine("The store that was copied is as it was. Start servers on one of the two, never on both.");
    }
}
