using Scoring.Server.Settings;

namespace Scoring.Server.Tests.Settings;

public sealed class ArgumentTests
{
    [Theory]
    [InlineData("--MaxBatch=5")]
    [InlineData("--maxbatch=5")]
    [InlineData("--MaxBatch 5")]
    [InlineData("--Scoring:MaxBatch=5")]
    [InlineData("--Scoring:MaxBatch 5")]
    public void Setting_is_given_with_or_without_its_section(string line)
    {
        var settings = SettingSources.ReadArguments(line.Split(' '));

        Assert.Equal("5", settings["Scoring:MaxBatch"]);
    }

    [Theory]
    [InlineData("MaxBatch=5")]
    [InlineData("-MaxBatch=5")]
    [InlineData("--")]
    [InlineData("--MaxBatch")]
    [InlineData("--MaxBatch --Durability=OnDisk")]
    public void What_is_no_setting_is_refused(string line) =>
        Assert.Throws<SettingException>(() => SettingSources.ReadArguments(line.Split(' ')));

    [Fact]
    public void Value_may_hold_an_equals_sign() =>
        Assert.Equal("a=b", SettingSources.ReadArguments(["--DataDirectory=a=b"])["Scoring:DataDirectory"]);

    [Fact]
    public void Help_names_every_setting()
    {
        var help = SettingHelp.Text();

        Assert.All(
            Setting.Of<ServerSettings>(),
            s => Assert.Contains($"--{s.Name}={s.Default}\n", help, StringComparison.Ordinal)
        );
        Assert.All(
            Setting.Of<WorkspaceValues>(),
            s => Assert.Contains($":NAME:{s.Name}={s.Default}\n", help, StringComparison.Ordinal)
        );
    }
}
