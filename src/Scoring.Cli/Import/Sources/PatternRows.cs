namespace Scoring.Cli.Import.Sources;

/// <summary>Rows of lines whose fields a pattern tells apart; nothing is quoted.</summary>
internal static class PatternRows
{
    public static IEnumerable<Row> Read(
        string path,
        TextReader reader,
        Delimiter delimiter,
        bool hasHeader,
        IReadOnlyList<RequiredColumn> columns
    )
    {
        Dictionary<string, int>? places = null;
        foreach (var (line, text) in TextLines.Read(path, reader))
        {
            var fields = delimiter.Split(text);
            if (places is null)
            {
                places = hasHeader
                    ? ColumnPlaces.Named(path, fields, columns)
                    : ColumnPlaces.Numbered(path, fields.Length, columns);
                if (hasHeader)
                {
                    continue;
                }
            }

            yield return Row.Of(line, places, fields, text, hasHeader);
        }

        if (places is null && hasHeader)
        {
            _ = ColumnPlaces.Named(path, [], columns);
        }
    }
}
