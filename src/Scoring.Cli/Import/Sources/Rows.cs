namespace Scoring.Cli.Import.Sources;

/// <summary>Makes rows of fields.</summary>
internal static class Rows
{
    /// <summary>The row of some fields, which must be as many as there are columns.</summary>
    public static Row Of(
        long line,
        IReadOnlyDictionary<string, int> places,
        string[] fields,
        string text,
        bool hasHeader
    ) =>
        fields.Length == places.Count
            ? new Row(line, places, fields)
            : Row.Malformed(
                line,
                text,
                $"{fields.Length} fields where the {(hasHeader ? "header" : "first row")} has {places.Count}"
            );
}
