using Spectre.Console;

namespace Scoring.Cli.Terminal;

/// <summary>Tables as all commands draw them: the first column to the left, figures to the right.</summary>
internal static class Tables
{
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
}
