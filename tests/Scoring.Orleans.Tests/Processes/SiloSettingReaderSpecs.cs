using Scoring.Server.Settings;
using Scoring.Silo.Settings;

namespace Scoring.Cluster.Tests.Processes;

/// <summary>A setting in the wrong section is refused with where it belongs.</summary>
public sealed class SiloSettingReaderSpecs
{
    [Theory]
    [InlineData("--Clustering=postgres", "write Silo:Clustering")]
    [InlineData("--duplicatewindowminimum=20", "write Silo:DuplicateWindowMinimum")]
    [InlineData("--DataDirectory=/srv", "Scoring:DataDirectory is one of the standalone edition")]
    [InlineData("--Silo:Clusterin=postgres", "Unknown setting Silo:Clusterin; known here: AdvertisedAddress")]
    public void It_says_where_a_setting_belongs(string argument, string words)
    {
        var refusal = Assert.Throws<SettingException>(() => SiloSettingReader.Read(SettingSources.Build([argument])));

        Assert.Contains(words, refusal.Message, StringComparison.Ordinal);
    }
}
