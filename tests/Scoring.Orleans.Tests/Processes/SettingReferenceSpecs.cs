using System.Text.RegularExpressions;
using Scoring.Server.Settings;
using Scoring.Silo.Settings;

namespace Scoring.Cluster.Tests.Processes;

/// <summary>The page of the cluster edition names the settings that there are.</summary>
public sealed partial class SettingReferenceSpecs
{
    private static readonly string Section = File.ReadAllText(Path.Combine(Repository.Root, "docs", "cluster.md"))
        .Split("\n## ")
        .Single(section => section.StartsWith("Settings\n", StringComparison.Ordinal));

    [Fact]
    public void The_page_says_of_every_setting_what_the_catalogue_says_and_names_no_other()
    {
        var rows = Section
            .Split('\n')
            .Where(line => line.StartsWith("| `", StringComparison.Ordinal))
            .Select(line => Link().Replace(line, "${text}"));

        Assert.Equal(SettingCatalog.Of<SiloSettings>().Select(Row), rows);
    }

    [Fact]
    public void The_page_names_the_settings_of_the_standalone_edition_that_a_silo_refuses()
    {
        var introduction = Section[..Section.IndexOf("| setting |", StringComparison.Ordinal)];

        Assert.All(
            SettingCatalog.Of<ServerSettings>(),
            setting =>
                Assert.Equal(
                    SiloSettings.OfStandalone.Contains(setting.Name),
                    introduction.Contains($"`{setting.Name}`", StringComparison.Ordinal)
                )
        );
    }

    [GeneratedRegex(@"\[(?<text>[^\[\]]+)\]\([^()]+\)", RegexOptions.None, 1_000)]
    private static partial Regex Link();

    private static string Row(Setting setting) =>
        $"| `{setting.Name}` | {(setting.Default.Length == 0 ? "" : $"`{setting.Default}` ")}| {setting.Meaning} |";
}
