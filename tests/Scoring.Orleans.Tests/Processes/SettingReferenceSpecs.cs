using Scoring.Server.Settings;
using Scoring.Silo.Settings;

namespace Scoring.Cluster.Tests.Processes;

/// <summary>The page of the cluster edition names the settings that there are.</summary>
public sealed class SettingReferenceSpecs
{
    private static readonly string Section = File.ReadAllText(Path.Combine(Repository.Root, "docs", "cluster.md"))
        .Split("\n## ")
        .Single(section => section.StartsWith("Settings\n", StringComparison.Ordinal));

    [Fact]
    public void Every_setting_of_a_silo_is_on_the_page_with_its_default() =>
        Assert.All(
            SiloSettingCatalog.All,
            setting =>
                Assert.Contains(
                    $"\n| `{setting.Name}` | {Written(setting.Default)}| ",
                    Section,
                    StringComparison.Ordinal
                )
        );

    [Fact]
    public void The_page_names_no_setting_that_does_not_exist()
    {
        var rows = Section.Split('\n').Where(line => line.StartsWith("| `", StringComparison.Ordinal));

        Assert.Equal(
            SiloSettingCatalog.All.Select(setting => setting.Name).Order(StringComparer.Ordinal),
            rows.Select(row => row.Split('`')[1]).Order(StringComparer.Ordinal)
        );
    }

    [Fact]
    public void The_page_names_the_settings_of_the_standalone_edition_that_a_silo_refuses()
    {
        var introduction = Section[..Section.IndexOf("| setting |", StringComparison.Ordinal)];

        Assert.All(
            SettingCatalog.Server,
            setting =>
                Assert.Equal(
                    SiloSettingCatalog.NotOfSilos.Contains(setting.Name),
                    introduction.Contains($"`{setting.Name}`", StringComparison.Ordinal)
                )
        );
    }

    private static string Written(string value) => value.Length == 0 ? "" : $"`{value}` ";
}
