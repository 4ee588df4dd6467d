using System.Buffers;
using System.Globalization;

namespace Scoring.Core;

/// <summary>Characters that nobody sees, and that change what is seen around them or what a terminal does.</summary>
/// <remarks>
/// Control characters (C0, DEL, C1), marks of direction with embeddings, overrides and isolates, and the separators of lines and paragraphs. See
/// https://unicode.org/reports/tr9/ for marks of direction, and https://trojansource.codes for what they are abused for.
/// </remarks>
public static class UnseenCharacters
{
    private static readonly char[] ControlCharacters = [.. Span(0, 0x1F), .. Span(0x7F, 0x9F)];

    private static readonly SearchValues<char> Controls = SearchValues.Create(ControlCharacters);

    private static readonly SearchValues<char> All = SearchValues.Create([
        .. ControlCharacters,
        '\u061C',
        '\u200E',
        '\u200F',
        .. Span('\u2028', '\u202E'),
        .. Span('\u2066', '\u2069'),
    ]);

    // Text of people has lines, and marks and isolates where two directions meet; nothing in it needs what overrides a direction.
    private static readonly SearchValues<char> InProse = SearchValues.Create([
        .. ControlCharacters.Where(c => c is not ('\t' or '\n' or '\r')),
        .. Span('\u202A', '\u202E'),
    ]);

    /// <summary>Whether a text has any.</summary>
    public static bool AreIn(ReadOnlySpan<char> text) => text.ContainsAny(All);

    /// <summary>What is wrong with a text that others will see, and what to do, to be read after its name; null for nothing.</summary>
    public static string? FaultOf(ReadOnlySpan<char> text) => Fault(text, All);

    /// <summary>The same of prose, such as a description: it may have lines, and text from right to left.</summary>
    public static string? FaultOfProse(ReadOnlySpan<char> text) => Fault(text, InProse);

    /// <summary>The same of a text that something stored is looked for by, which may be from when marks of direction were taken.</summary>
    public static string? FaultOfSought(ReadOnlySpan<char> text) => Fault(text, Controls);

    /// <summary>A text with each of them, but for line feeds and tabs, in the form \u001B: as it can be printed.</summary>
    public static string Show(string text)
    {
        var first = text.AsSpan().IndexOfAny(All);
        return first < 0 ? text : string.Concat(text.AsSpan(0, first), string.Concat(text[first..].Select(Show)));
    }

    /// <summary>A character as <see cref="Show(string)"/> has it.</summary>
    public static string Show(char one) =>
        one is not ('\n' or '\t') && All.Contains(one)
            ? string.Create(CultureInfo.InvariantCulture, $"\\u{(int)one:X4}")
            : one.ToString();

    private static string? Fault(ReadOnlySpan<char> text, SearchValues<char> refused) =>
        text.IndexOfAny(refused) is var place and >= 0
            ? string.Create(
                CultureInfo.InvariantCulture,
                $"must not contain control characters or marks of direction, which are not seen: remove U+{(int)text[place]:X4}"
            )
            : null;

    private static IEnumerable<char> Span(int first, int last) =>
        Enumerable.Range(first, last - first + 1).Select(code => (char)code);
}
