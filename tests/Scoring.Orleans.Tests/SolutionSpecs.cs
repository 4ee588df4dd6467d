namespace Scoring.Cluster.Tests;

public sealed class SolutionSpecs
{
    [Fact]
    public void The_cluster_solution_is_everything_in_the_other_one_and_more() =>
        Assert.Empty(Projects("Scoring.sln").Except(Projects("Scoring.Cluster.sln")));

    private static string[] Projects(string solution)
    {
        var words = File.ReadAllText(Path.Combine(Repository.Root, solution)).Split('"');
        string[] projects =
        [
            .. words
                .Where(word => word.EndsWith(".csproj", StringComparison.Ordinal))
                .Select(word => word.Replace('\\', '/')),
        ];
        Assert.NotEmpty(projects);
        return projects;
    }
}
