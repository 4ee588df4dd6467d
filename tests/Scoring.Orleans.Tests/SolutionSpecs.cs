using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;

namespace Scoring.Cluster.Tests;

public sealed partial class SolutionSpecs
{
    [Fact]
    public void The_cluster_solution_is_everything_in_the_other_one_and_more() =>
        Assert.Empty(Projects("Scoring.sln").Except(Projects("Scoring.Cluster.sln")));

    [Fact]
    public void Nothing_in_the_other_solution_needs_Orleans() =>
        Assert.DoesNotContain(
            Projects("Scoring.sln"),
            project =>
                File.ReadAllText(Path.Combine(Root(), project)).Contains("Microsoft.Orleans", StringComparison.Ordinal)
        );

    private static IReadOnlyList<string> Projects(string solution)
    {
        string[] projects =
        [
            .. Project()
                .Matches(File.ReadAllText(Path.Combine(Root(), solution)))
                .Select(match => match.Value.Replace('\\', '/')),
        ];
        Assert.NotEmpty(projects);
        return projects;
    }

    private static string Root([CallerFilePath] string here = "") =>
        Path.GetFullPath(Path.Combine(Path.GetDirectoryName(here)!, "..", ".."));

    [GeneratedRegex(@"(src|tests)[\\/][^""]+\.csproj", RegexOptions.CultureInvariant)]
    private static partial Regex Project();
}
