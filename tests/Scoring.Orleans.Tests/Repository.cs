namespace Scoring.Cluster.Tests;

/// <summary>The checked-out repository that the tests run from.</summary>
internal static class Repository
{
    public static string Root { get; } = Find(AppContext.BaseDirectory);

    /// <summary>Where a project is built to, in the configuration that the tests were built in.</summary>
    public static string BuiltOutput(string project)
    {
        var output = new DirectoryInfo(AppContext.BaseDirectory);
        return Path.Combine(Root, project, "bin", output.Parent!.Name, output.Name);
    }

    private static string Find(string folder)
    {
        var at = new DirectoryInfo(folder);
        while (!File.Exists(Path.Combine(at.FullName, "Scoring.Cluster.sln")))
        {
            at = at.Parent ?? throw new DirectoryNotFoundException($"No Scoring.Cluster.sln above {folder}.");
        }
        return at.FullName;
    }
}
