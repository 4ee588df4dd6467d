using System.Globalization;
using System.Text.Json;

namespace Scoring.Cli.Import.Sources;

/// <summary>
/// Rows of a JSON Lines file: one object per line. Members of nested objects are columns with dotted names
/// (<c>user.id</c>); null is an empty column; numbers keep their text; arrays are no columns.
/// </summary>
internal static class JsonLineRows
{
    private const int MaxDepth = 16;

    public static IEnumerable<Row> Read(string path, TextReader reader) =>
        TextLines.Read(path, reader).Select(line => Parse(line.Number, line.Text));

    private static Row Parse(long line, string text)
    {
        try
        {
            using var document = JsonDocument.Parse(text, new JsonDocumentOptions { MaxDepth = MaxDepth });
            if (document.RootElement.ValueKind != JsonValueKind.Object)
            {
                return Row.Malformed(
                    line,
                    text,
                    $"a JSON {document.RootElement.ValueKind} where an object is expected"
                );
            }

            var places = new Dictionary<string, int>(StringComparer.Ordinal);
            var values = new List<string>();
            return Flatten(document.RootElement, string.Empty, places, values) is { } twice
                ? Row.Malformed(line, text, $"the member '{twice}' occurs twice")
                : new Row(line, places, [.. values]);
        }
        catch (JsonException e)
        {
            var place = (e.BytePositionInLine ?? 0) + 1;
            return Row.Malformed(
                line,
                text,
                string.Create(CultureInfo.InvariantCulture, $"not a JSON object (byte {place})")
            );
        }
    }

    private static string? Flatten(
        JsonElement element,
        string prefix,
        Dictionary<string, int> places,
        List<string> values
    )
    {
        foreach (var member in element.EnumerateObject())
        {
            var name = prefix + member.Name;
            if (member.Value.ValueKind == JsonValueKind.Object)
            {
                if (Flatten(member.Value, name + ".", places, values) is { } twice)
                {
                    return twice;
                }

                continue;
            }

            if (member.Value.ValueKind is JsonValueKind.Array)
            {
                continue;
            }

            if (!places.TryAdd(name, values.Count))
            {
                return name;
            }

            values.Add(Text(member.Value));
        }

        return null;
    }

    private static string Text(JsonElement value) =>
        value.ValueKind switch
        {
            JsonValueKind.String => value.GetString() ?? string.Empty,
            JsonValueKind.Null => string.Empty,
            _ => value.GetRawText(),
        };
}
