namespace Scoring.Cli.Tests;

/// <summary>The checked-out repository that the tests run from.</summary>
internal static class Repository
{
    public static string Root { get; } = Find(AppContext.BaseDirectory);

    /// <summary>Where a project is built to, in the configuration that the tests were built in.</summary>
    public static string BuiltOutput(string project)
    {
        var framework = Path.GetFileName(AppContext.BaseDirectory.TrimEnd(Path.DirectorySeparatorChar));
        var configuration = Path.GetFileName(
            Path.GetDirectoryName(AppContext.BaseDirectory.TrimEnd(Path.DirectorySeparatorChar))
        )!;
        return Path.Combine(Root, project, "bin", configuration, framework);
    }

    private static string Find(string folder)
    {
        for (var at = new DirectoryInfo(folder); at is not null; at = at.Parent)
        {
            if (File.Exists(Path.Combine(at.FullName, "Scoring.sln")))
            {
                return at.FullName;
            }
        }

        throw new DirectoryNotFoundException($"No Scoring.sln above {folder}.");
    }
}
