using System.Text.Json;
using Scoring.Cli.Terminal;
using Scoring.V1;
using Spectre.Console;

namespace Scoring.Cli.Names;

/// <summary>Names on the screen.</summary>
internal static class NameView
{
    public static void ShowList(IAnsiConsole console, ListNamesResponse list)
    {
        if (list.Names.Count > 0)
        {
            Show(console, list.Names);
        }
        foreach (var room in list.Rooms)
        {
            var text =
                room.Kind == NameKind.AccountAttribute
                    ? $"{room.UsedCount:N0} of {room.Limit:N0} {KindOf(room.Kind)}s on the account that has most."
                    : $"{room.UsedCount:N0} of {room.Limit:N0} {KindOf(room.Kind)}s that no model or setting uses.";
            console.MarkupLine(
                room.NearlyFull
                    ? $"[yellow]{text} Little room is left: see what sends them, then: scoring names prune --dry-run[/]"
                    : text
            );
        }
    }

    public static void ShowPruned(IAnsiConsole console, PruneNamesResponse answer, PruneNamesRequest request)
    {
        if (answer.Pruned.Count > 0)
        {
            Show(console, answer.Pruned);
        }
        if (answer.PrunedCount > answer.Pruned.Count)
        {
            console.MarkupLine($"... and {answer.PrunedCount - answer.Pruned.Count:N0} more.");
        }
        console.MarkupLine(
            request.ValidateOnly
                ? $"{answer.PrunedCount:N0} names would be removed; nothing was changed."
                : $"{answer.PrunedCount:N0} names are removed."
        );
        if (answer.Kept.Count == 0)
        {
            return;
        }
        console.MarkupLineInterpolated($"Kept: {string.Join(", ", answer.Kept.Take(20).Select(KeptBecause))}");
        if (answer.Kept.Count > 20)
        {
            console.MarkupLine($"... and {answer.Kept.Count - 20:N0} more.");
        }
        if (answer.Kept.Any(name => name.UsedBy.Count == 0))
        {
            console.MarkupLine(
                "To remove what was received lately too, name it (scoring names prune 'NAME*') or say --unused-for 0."
            );
        }
    }

    private static void Show(IAnsiConsole console, IEnumerable<NameUse> names)
    {
        var table = Tables.New("Name", "kind", "last received", "held by", "used by");
        table.Columns[4].LeftAligned();
        table.Columns[4].NoWrap = false;
        foreach (var name in names)
        {
            table.AddRow(
                // As it is written, so that it can be given to prune.
                Markup.Escape(name.Name),
                KindOf(name.Kind),
                name.LastUseTime is { } time ? $"{time.ToDateTime():yyyy-MM-dd}" : Words.Absent,
                name.HasHolderCount ? $"{name.HolderCount:N0}" : Words.Absent,
                Markup.Escape(string.Join(", ", name.UsedBy))
            );
        }

        console.Write(table);
    }

    private static string KeptBecause(NameUse name) =>
        name.UsedBy.Count > 0 ? $"{name.Name} (used by {string.Join(", ", name.UsedBy)})"
        : name.LastUseTime is { } time ? $"{name.Name} (received {time.ToDateTime():yyyy-MM-dd})"
        : $"{name.Name} (not known when it was received)";

    private static string KindOf(NameKind kind) =>
        JsonNamingPolicy.KebabCaseLower.ConvertName($"{kind}").Replace('-', ' ');
}
