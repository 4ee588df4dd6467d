namespace Scoring.Benchmarks.Comparisons.Processes;

/// <summary>Programs of this repository that run in processes of their own.</summary>
internal static class BuiltProgram
{
    /// <summary>The program of a project.</summary>
    /// <param name="project">Its folder, such as <c>src/Scoring.Server</c>.</param>
    /// <exception cref="FileNotFoundException">It has not been built.</exception>
    public static string Of(string project)
    {
        var root = new DirectoryInfo(AppContext.BaseDirectory);
        while (root is not null && !File.Exists(Path.Combine(root.FullName, "Scoring.sln")))
        {
            root = root.Parent;
        }
        var path = Path.Combine(root?.FullName ?? "", project, "bin/Release/net10.0", Path.GetFileName(project));
        return File.Exists(path)
            ? path
            : throw new FileNotFoundException($"There is no {path}: build it with dotnet build {project} -c Release.");
    }
}
