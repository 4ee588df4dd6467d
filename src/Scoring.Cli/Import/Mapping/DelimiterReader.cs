using System.Text.RegularExpressions;
using Scoring.Cli.Import.Sources;
using YamlDotNet.RepresentationModel;

namespace Scoring.Cli.Import.Mapping;

/// <summary>Reads what stands between the fields of a line: one character, <c>whitespace</c>, or a pattern.</summary>
internal static class DelimiterReader
{
    private const string Field = "delimiter";
    private const string Whitespace = "whitespace";

    public static Delimiter Read(MappingNode node) =>
        node.Optional(Field) switch
        {
            null => Delimiter.Comma,
            YamlMappingNode => Pattern(node.OptionalMapping(Field)!),
            _ => node.RequiredText(Field) switch
            {
                Whitespace => Delimiter.Whitespace,
                [var one] when one is not ('"' or '\r' or '\n') && char.IsAscii(one) => new Delimiter(
                    one,
                    Pattern: null
                ),
                _ => throw node.Error(
                    Field,
                    $"must be one character of ASCII, for example ';' or \"\\t\", {Whitespace}, or {{ pattern: REGEX }}"
                ),
            },
        };

    private static Delimiter Pattern(MappingNode node)
    {
        node.AllowOnly("pattern");
        var text = node.RequiredText("pattern");
        try
        {
            // Without backtracking no pattern takes longer than its line is long.
            var pattern = new Regex(text, RegexOptions.NonBacktracking | RegexOptions.CultureInvariant);
            return pattern.IsMatch("")
                ? throw node.Error("pattern", $"'{text}' matches nothing at all, and so between any two characters")
                : new Delimiter(default, pattern);
        }
        catch (Exception e) when (e is ArgumentException or NotSupportedException)
        {
            throw node.Error("pattern", $"'{text}' is not a regular expression that can be used: {e.Message}");
        }
    }
}
