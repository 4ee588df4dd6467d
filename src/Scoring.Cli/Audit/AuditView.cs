using Scoring.Cli.Terminal;
using Scoring.V1;
using Spectre.Console;

namespace Scoring.Cli.Audit;

/// <summary>The audit log on the screen.</summary>
internal static class AuditView
{
    public static void Show(IAnsiConsole console, IReadOnlyCollection<AuditEntry> entries)
    {
        if (entries.Count == 0)
        {
            console.MarkupLine("There are no entries.");
            return;
        }

        var table = Tables.New("Time", "method", "workspace", "who", "from", "what");
        foreach (var column in table.Columns)
        {
            column.LeftAligned();
        }

        foreach (var wide in table.Columns.Skip(3))
        {
            wide.NoWrap = false;
        }

        foreach (var entry in entries)
        {
            table.AddRow(
                Words.Instant(entry.Time),
                Markup.Escape(entry.Method),
                entry.Workspace.Length > 0 ? Markup.Escape(entry.Workspace) : Words.Absent,
                Markup.Escape(entry.Actor),
                entry.Address.Length > 0 ? Markup.Escape(entry.Address) : Words.Absent,
                WhatOf(entry)
            );
        }

        console.Write(table);
    }

    private static string WhatOf(AuditEntry entry)
    {
        var what = Markup.Escape(
            string.Join(": ", new[] { entry.Target, entry.Detail }.Where(text => text.Length > 0))
        );
        return entry.Failure.Length > 0 ? $"{what} [red]failed: {Markup.Escape(entry.Failure)}[/]" : what;
    }
}
