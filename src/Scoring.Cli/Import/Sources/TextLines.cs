using System.Text;
using Scoring.Cli.Terminal;

namespace Scoring.Cli.Import.Sources;

/// <summary>The lines of a text, none longer than a row may be.</summary>
internal static class TextLines
{
    /// <summary>Longest row, in characters: a file without line breaks would otherwise be read into one.</summary>
    public const int MaxLength = 1 << 20;

    /// <summary>The lines that are not blank, with their numbers from 1.</summary>
    /// <exception cref="CommandFailedException">A line is too long.</exception>
    public static IEnumerable<(long Number, string Text)> Read(string path, TextReader reader)
    {
        var line = new StringBuilder();
        var number = 1L;
        for (var next = reader.Read(); next >= 0; next = reader.Read())
        {
            if (next == '\n')
            {
                if (Take(line) is { } text)
                {
                    yield return (number, text);
                }

                number++;
            }
            else if (line.Append((char)next).Length > MaxLength)
            {
                throw new CommandFailedException($"{path}:{number}: a row may have {MaxLength} characters at most");
            }
        }

        if (Take(line) is { } last)
        {
            yield return (number, last);
        }
    }

    private static string? Take(StringBuilder line)
    {
        var text = line.ToString().TrimEnd('\r');
        line.Clear();
        return string.IsNullOrWhiteSpace(text) ? null : text;
    }
}
