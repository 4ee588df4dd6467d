using Spectre.Console;

namespace Scoring.Cli.Terminal;

/// <summary>A file with an API key in its first line.</summary>
internal static class ApiKeyFile
{
    // Tokens of identity providers have some thousand characters.
    private const int MaxChars = 32 * 1024;

    /// <summary>Reads the key, and warns of a file that every user of the machine can read.</summary>
    /// <exception cref="CommandFailedException">The file cannot be read.</exception>
    public static string Read(string path, Screen screen)
    {
        try
        {
            using var stream = File.OpenRead(path);
            if (
                !OperatingSystem.IsWindows()
                && File.GetUnixFileMode(stream.SafeFileHandle).HasFlag(UnixFileMode.OtherRead)
            )
            {
                screen.Error.MarkupLineInterpolated(
                    $"[yellow]scoring:[/] every user of this machine can read the key in {path}; change that with: chmod 600 {path}"
                );
            }

            var text = new char[MaxChars];
            using var reader = new StreamReader(stream);
            var length = reader.ReadBlock(text);
            var line = text.AsSpan(0, length);
            return line[..(line.IndexOfAny('\r', '\n') is var end and >= 0 ? end : length)].Trim().ToString();
        }
        catch (Exception e) when (FileProblem.Is(e))
        {
            throw LooksLikeKey(path)
                ? new CommandFailedException(
                    "--api-key-file: there is no such file. It takes the name of a file with the key; the key itself is taken from SCORING_API_KEY alone",
                    e
                )
                : FileProblem.Reading(path, e);
        }
    }

    /// <summary>A key, or a token of an identity provider, that was given in place of a file: it is not to be shown.</summary>
    private static bool LooksLikeKey(string path) =>
        path.StartsWith("scoring_", StringComparison.Ordinal) || path.StartsWith("eyJ", StringComparison.Ordinal);
}
