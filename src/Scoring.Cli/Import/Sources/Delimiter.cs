using System.Text.RegularExpressions;

namespace Scoring.Cli.Import.Sources;

/// <summary>What stands between the fields of a line.</summary>
/// <param name="Character">One character, between which fields may be quoted as in RFC 4180. Not looked at where there is a pattern.</param>
/// <param name="Pattern">Whatever this matches; there are no quotes then. Null where a character is meant.</param>
internal sealed record Delimiter(char Character, Regex? Pattern)
{
    /// <summary>As RFC 4180 has it.</summary>
    public static Delimiter Comma { get; } = new(',', Pattern: null);

    /// <summary>Blanks and tabs, as many as there are; those before the first field and after the last are no delimiter.</summary>
    public static Delimiter Whitespace { get; } = new(default, new Regex("[ \t]+", RegexOptions.NonBacktracking));

    /// <summary>The fields of a line. Only with a pattern.</summary>
    public string[] Split(string line)
    {
        var text = this == Whitespace ? line.Trim(' ', '\t') : line;
        var fields = new List<string>();
        foreach (var range in Pattern!.EnumerateSplits(text))
        {
            fields.Add(text[range]);
        }

        return [.. fields];
    }
}
