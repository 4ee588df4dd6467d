namespace Scoring.Grains.Tests;

/// <summary>The checked-out repository that the tests run from.</summary>
internal static class Repository
{
    public static string Root { get; } = Find(AppContext.BaseDirectory);

    private static string Find(string folder)
    {
        var at = new DirectoryInfo(folder);
        while (!File.Exists(Path.Combine(at.FullName, "Scoring.sln")))
        {
            at = at.Parent ?? throw new DirectoryNotFoundException($"No Scoring.sln above {folder}.");
        }
        return at.FullName;
    }
}
