namespace Scoring.Cli.Tests;

/// <summary>The checked-out repository that the tests run from.</summary>
internal static class Repository
{
    public static string Root { get; } = Find(AppContext.BaseDirectory);

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
