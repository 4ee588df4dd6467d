namespace Scoring.Cli.Import.Sources;

/// <summary>Rows of lines whose fields a pattern tells apart; nothing is quoted.</summary>
internal static class PatternRows
{
    public static IEnumerable<Row> Read(SourceFile file, TextReader reader, IReadOnlyList<RequiredColumn> columns)
    {
        Dictionary<string, int>? places = null;
        foreach (var (line, text) in TextLines.Read(file.Path, reader))
        {
            var fields = file.Mapping.Delimiter.Split(text);
            if (places is null)
            {
                places = file.Mapping.HasHeader
                    ? ColumnPlaces.Named(file.Path, fields, columns)
                    : ColumnPlaces.Numbered(file.Path, fields.Length, columns);
                if (file.Mapping.HasHeader)
                {
                    continue;
                }
            }

            yield return Rows.Of(line, places, fields, text, file.Mapping.HasHeader);
        }

        if (places is null && file.Mapping.HasHeader)
        {
            _ = ColumnPlaces.Named(file.Path, [], columns);
        }
    }
}
