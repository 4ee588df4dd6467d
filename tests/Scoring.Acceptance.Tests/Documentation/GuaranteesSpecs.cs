using Scoring.Cli.Tests;

namespace Scoring.Acceptance.Tests.Documentation;

public sealed class GuaranteesSpecs
{
    [Theory]
    [InlineData("guarantees.md", 30)]
    [InlineData("cluster.md", 10)]
    [InlineData("security.md", 20)]
    public void Every_test_that_a_guarantee_names_exists(string file, int least)
    {
        var folder = Path.Combine(Repository.Root, "tests");
        var tests = string.Concat(Sources(folder, "*.cs").Concat(Sources(folder, "*.py")).Select(File.ReadAllText));
        var page = File.ReadAllText(Path.Combine(Repository.Root, "docs", file));
        // Names of tests are sentences in backticks; names of constants are in capitals.
        var named = page.Split('`').Where(text => text.Count(c => c == '_') > 2 && text.Any(char.IsLower)).ToList();
        Assert.True(named.Count > least, "the page names its tests in backticks");
        Assert.DoesNotContain(named, name => !tests.Contains($" {name}(", StringComparison.Ordinal));
    }

    private static IEnumerable<string> Sources(string folder, string pattern) =>
        Directory.EnumerateFiles(folder, pattern, SearchOption.AllDirectories);
}
