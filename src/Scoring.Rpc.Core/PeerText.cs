using System.Globalization;
using System.Text;

namespace Scoring.Rpc;

/// <summary>Makes what a peer has sent fit to be repeated in a message, a header or a log: short, and on one line.</summary>
internal static class PeerText
{
    /// <summary>The most characters of a name or a header value that are repeated.</summary>
    public const int MaxLength = 100;

    private const char Unprintable = '\uFFFD';

    /// <summary>The text as it is if it is short and printable; otherwise its beginning, with U+FFFD for what could break a line or a screen.</summary>
    public static string Of(string? text, int maxLength = MaxLength)
    {
        if (text is null)
        {
            return "";
        }

        if (text.Length <= maxLength && !text.AsSpan().ContainsAnyExceptInRange(' ', '~'))
        {
            return text;
        }

        var shown = new StringBuilder(Math.Min(text.Length, maxLength) + 3);
        foreach (var rune in text.EnumerateRunes())
        {
            if (shown.Length + rune.Utf16SequenceLength > maxLength)
            {
                return shown.Append("...").ToString();
            }

            if (IsPrintable(rune))
            {
                shown.Append(rune);
            }
            else
            {
                shown.Append(Unprintable);
            }
        }

        return shown.ToString();
    }

    /// <summary>Format characters turn the direction of a line around; line and paragraph separators break it.</summary>
    private static bool IsPrintable(Rune rune) =>
        Rune.GetUnicodeCategory(rune)
            is not (
                UnicodeCategory.Control
                or UnicodeCategory.Format
                or UnicodeCategory.LineSeparator
                or UnicodeCategory.ParagraphSeparator
            );
}
