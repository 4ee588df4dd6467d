using System.ComponentModel;
using System.Text.RegularExpressions;
using Scoring.Server.Settings;

namespace Scoring.Server.Tests.Settings;

public sealed partial class ConfigurationReferenceTests
{
    private static readonly string[] Rows =
    [
        .. File.ReadLines(Path.Combine(AppContext.BaseDirectory, "configuration.md"))
            .Where(line => line.Contains("| `SCORING__", StringComparison.Ordinal))
            .Select(line => Link().Replace(line, "${text}")),
    ];

    [Fact]
    public void Reference_says_of_every_setting_what_the_server_says_and_names_no_other() =>
        Assert.Equal(
            [
                .. Setting.Of<ServerSettings>().Select(setting => Row(setting, "SCORING__")),
                .. Setting.Of<WorkspaceValues>().Select(setting => Row(setting, "SCORING__WORKSPACES__NAME__")),
            ],
            Rows
        );

    [Fact]
    public void Deployments_set_only_what_can_be_set()
    {
        var names = Setting.Of<ServerSettings>().Select(setting => setting.Name.ToUpperInvariant()).ToList();
        var set = Directory
            .EnumerateFiles(Path.Combine(AppContext.BaseDirectory, "deploy"), "*", SearchOption.AllDirectories)
            .SelectMany(file => Variable().Matches(File.ReadAllText(file)))
            .Select(match => match.Groups["name"].Value)
            .ToList();

        Assert.NotEmpty(set);
        Assert.All(set, name => Assert.Contains(name, names));
    }

    [Theory]
    [InlineData(typeof(ServerSettings))]
    [InlineData(typeof(WorkspaceValues))]
    public void Everything_that_can_be_set_is_described(Type type) =>
        Assert.All(
            type.GetProperties().Where(property => property.CanWrite),
            property => Assert.True(property.IsDefined(typeof(DescriptionAttribute), inherit: false), property.Name)
        );

    [GeneratedRegex(@"\[(?<text>[^\[\]]+)\]\([^()]+\)", RegexOptions.None, 1_000)]
    private static partial Regex Link();

    [GeneratedRegex("SCORING_+(?<name>[A-Z]+)", RegexOptions.None, 1_000)]
    private static partial Regex Variable();

    private static string Row(Setting setting, string prefix)
    {
        var value = setting.Default.Length == 0 ? "unset" : $"`{setting.Default}`";
        // A bar in a table would end the cell.
        var meaning = setting.Meaning.Replace("|", @"\|", StringComparison.Ordinal);
        return $"| `{setting.Name}` | {value} | `{prefix}{setting.Name.ToUpperInvariant()}` | {meaning} |";
    }
}
