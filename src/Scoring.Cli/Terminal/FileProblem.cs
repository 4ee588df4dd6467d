namespace Scoring.Cli.Terminal;

/// <summary>Why a file cannot be used, as people say it; the system says of a folder that access is denied.</summary>
internal static class FileProblem
{
    /// <summary>The failure to read a file.</summary>
    public static CommandFailedException Reading(string path, Exception error) => Of(path, error, "read");

    /// <summary>The failure to write a file.</summary>
    public static CommandFailedException Writing(string path, Exception error) => Of(path, error, "written");

    /// <summary>Whether an exception is one of those that files bring.</summary>
    public static bool Is(Exception error) => error is IOException or UnauthorizedAccessException;

    private static CommandFailedException Of(string path, Exception error, string what) =>
        new(
            Directory.Exists(path) ? $"{path}: is a folder, not a file"
                : error is FileNotFoundException ? $"{path}: there is no such file"
                : error is DirectoryNotFoundException ? $"{path}: there is no such folder as that of the file"
                : $"{path}: cannot be {what}: {error.Message}",
            error
        );
}
