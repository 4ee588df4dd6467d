namespace Scoring.Rpc.Tests.Docs;

/// <summary>The table "How it compares" in the README of Scoring.Rpc, and the tests that it says hold it.</summary>
public sealed class FeatureTableTests
{
    private const int FeatureCell = 0;
    private const int OwnCell = 1;
    private const int TestsCell = 4;

    private static readonly string Repository = Find("Scoring.sln");

    public static TheoryData<string> Features => [.. Rows().Select(row => row[FeatureCell])];

    [Theory]
    [MemberData(nameof(Features))]
    public void Every_feature_says_something_of_each_library_and_names_tests_that_exist(string feature)
    {
        var row = Rows().Single(row => row[FeatureCell] == feature);
        var tests = Quoted(row[TestsCell]);

        Assert.Equal(TestsCell + 1, row.Length);
        Assert.DoesNotContain("", row);
        Assert.True(tests.Count > 0 || row[OwnCell] == "no", $"'{feature}' names no test that holds '{row[OwnCell]}'.");
        Assert.All(tests, test => Assert.True(Exists(test), $"'{feature}' names {test}, which is no file of tests."));
    }

    [Fact]
    public void The_table_is_found() =>
        Assert.True(Rows().Count > 20, "The table of the README is not read as it stands.");

    /// <summary>The rows below the heading, without those that only head a group.</summary>
    private static List<string[]> Rows() =>
        [
            .. File.ReadLines(Path.Combine(Repository, "src/Scoring.Rpc/README.md"))
                .SkipWhile(line => line != "## How it compares")
                .Skip(1)
                .TakeWhile(line => !line.StartsWith("## ", StringComparison.Ordinal))
                .Where(line => line.StartsWith('|'))
                .Skip(2)
                .Select(line => line.Trim('|').Split('|', StringSplitOptions.TrimEntries))
                .Where(cells => !cells[FeatureCell].StartsWith("**", StringComparison.Ordinal)),
        ];

    private static List<string> Quoted(string cell) => [.. cell.Split('`').Where((_, at) => at % 2 == 1)];

    /// <summary>Whether there is such a file of tests: a class of C# by its name, anything else by that of its file.</summary>
    private static bool Exists(string test)
    {
        var name = test.Contains('.', StringComparison.Ordinal) ? test : test + ".cs";
        return Directory
            .EnumerateFiles(Path.Combine(Repository, "tests"), name, SearchOption.AllDirectories)
            .Any(file => name == test || File.ReadAllText(file).Contains($" class {test}", StringComparison.Ordinal));
    }

    private static string Find(string file)
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder.FullName, file)))
        {
            folder = folder.Parent ?? throw new FileNotFoundException($"No {file} above {AppContext.BaseDirectory}.");
        }

        return folder.FullName;
    }
}
