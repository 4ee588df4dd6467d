namespace Scoring.Grains.Tests.Compatibility;

/// <summary>Lines that are checked in.</summary>
internal static class Pinned
{
    private static string Folder { get; } =
        Path.Combine(Repository.Root, "tests", "Scoring.Grains.Tests", "Compatibility");

    /// <summary>The lines of a file.</summary>
    public static string[] Lines(string file) => File.ReadAllLines(Path.Combine(Folder, file));

    /// <summary>Fails where lines are gone or new, and names them.</summary>
    public static void AssertSame(string file, IEnumerable<string> lines)
    {
        string[] actual = [.. lines.Order(StringComparer.Ordinal)];
        var pinned = Lines(file);
        string[] gone = [.. pinned.Except(actual)];
        string[] added = [.. actual.Except(pinned)];
        Assert.True(
            gone.Length + added.Length == 0,
            $"""
            Compatibility/{file} is no longer what the code does. A line that is gone breaks clusters in use while they are updated; one
            that is new has to be added.
            Gone:
            {string.Join('\n', gone)}
            New:
            {string.Join('\n', added)}
            """
        );
        Assert.Equal(actual, pinned);
    }
}
