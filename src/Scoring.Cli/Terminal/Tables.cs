using Spectre.Console;

namespace Scoring.Cli.Terminal;

/// <summary>Tables as all commands draw them: the first column to the left, figures to the right.</summary>
internal static class Tables
{
    // Blanks beside a column: its padding, and the border that is not seen.
    private const int Blanks = 2;

    // Below this, text that goes on in the next line cannot be read.
    private const int LeastOfText = 40;

    public static Table New(params string[] columns)
    {
        var table = new Table().Border(TableBorder.Simple);
        for (var i = 0; i < columns.Length; i++)
        {
            var column = new TableColumn($"[bold]{Markup.Escape(columns[i])}[/]").NoWrap().Padding(0, 0, 1, 0);
            table.AddColumn(i == 0 ? column.LeftAligned() : column.RightAligned());
        }

        return table;
    }

    /// <summary>Writes a table of as many columns as fit the terminal, and says which are left out.</summary>
    /// <param name="console">Where to.</param>
    /// <param name="columns">The columns.</param>
    /// <param name="rows">Rows of markup, as many cells as there are columns.</param>
    public static void WriteFitted(
        IAnsiConsole console,
        IReadOnlyList<Column> columns,
        IReadOnlyCollection<string[]> rows
    )
    {
        var widths = columns.Select((column, i) => WidthOf(column, rows.Select(row => row[i]))).ToList();
        var shown = Enumerable.Range(0, columns.Count).ToList();
        foreach (var spare in shown.Where(i => columns[i].Spare > 0).OrderBy(i => columns[i].Spare).ToList())
        {
            if (Blanks + shown.Sum(i => widths[i] + Blanks) > console.Profile.Width)
            {
                shown.Remove(spare);
            }
        }

        var table = New([.. shown.Select(i => columns[i].Title)]);
        foreach (var (column, place) in shown.Select((i, place) => (columns[i], table.Columns[place])))
        {
            place.Alignment = column.IsText ? Justify.Left : Justify.Right;
            place.NoWrap = !column.Wraps;
        }

        foreach (var row in rows)
        {
            table.AddRow([.. shown.Select(i => row[i])]);
        }

        console.Write(table);
        if (shown.Count < columns.Count)
        {
            var left = columns.Where((_, i) => !shown.Contains(i)).Select(column => column.Title.Replace('\n', ' '));
            console.MarkupLineInterpolated($"[grey]no room for: {string.Join(", ", left)}[/]");
        }
    }

    private static int WidthOf(Column column, IEnumerable<string> cells)
    {
        var widest = cells
            .Select(cell => new Markup(cell).Length)
            .Concat(column.Title.Split('\n').Select(line => line.Length))
            .Max();
        return column.Wraps ? Math.Min(widest, LeastOfText) : widest;
    }
}
