using Scoring.Server.Settings;

namespace Scoring.Server.Tests.Settings;

public sealed class ConfigurationReferenceTests
{
    private static readonly string Reference = File.ReadAllText(
        Path.Combine(AppContext.BaseDirectory, "configuration.md")
    );

    [Fact]
    public void Every_setting_is_in_the_reference_with_its_default_and_its_name_in_the_environment() =>
        Assert.All(
            SettingCatalog.Server,
            setting =>
                Assert.Contains(
                    $"| `{setting.Name}` | {Written(setting.Default)} | `SCORING__{setting.Name.ToUpperInvariant()}` |",
                    Reference,
                    StringComparison.Ordinal
                )
        );

    [Fact]
    public void Every_setting_of_a_workspace_is_in_the_reference() =>
        Assert.All(
            SettingCatalog.Workspace,
            setting =>
                Assert.Contains(
                    $"| `{setting.Name}` | {Written(setting.Default)} | `SCORING__WORKSPACES__NAME__{setting.Name.ToUpperInvariant()}` |",
                    Reference,
                    StringComparison.Ordinal
                )
        );

    [Fact]
    public void Reference_names_no_setting_that_does_not_exist()
    {
        var known = SettingCatalog
            .Server.Select(setting => setting.Name)
            .Concat(SettingCatalog.Workspace.Select(setting => setting.Name));
        var rows = Reference
            .Split('\n')
            .Where(line => line.Contains("| `SCORING__", StringComparison.Ordinal))
            .ToList();

        Assert.Equal(known.Order(), rows.Select(row => row.Split('`')[1]).Order());
    }

    private static string Written(string value) => value.Length == 0 ? "unset" : $"`{value}`";
}
