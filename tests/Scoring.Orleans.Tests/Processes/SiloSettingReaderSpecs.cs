using Scoring.Server.Settings;
using Scoring.Silo.Settings;

namespace Scoring.Cluster.Tests.Processes;

/// <summary>A wrong setting is refused with what is allowed, one in the wrong section with where it belongs.</summary>
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

    [Theory]
    [InlineData("--Silo:Clustering=zookeeper", "Silo:Clustering is 'zookeeper' but must be Localhost or Postgres.")]
    [InlineData("--Silo:Clustering=1", "Silo:Clustering is '1' but must be Localhost or Postgres.")]
    [InlineData("--Silo:AdvertisedAddress=db", "Silo:AdvertisedAddress is 'db' but must be an IP address.")]
    [InlineData("--Silo:SiloPort=0", "Silo:SiloPort is '0' but must be a whole number, 1 to 65,535.")]
    [InlineData("--Silo:MaxLag=499ms", "Silo:MaxLag is 499ms but must be at least twice Silo:SummaryInterval, 250ms.")]
    [InlineData(
        "--Silo:DuplicateWindowMaximum=15",
        "Silo:DuplicateWindowMaximum is 15 but must be at least Silo:DuplicateWindowMinimum, 16."
    )]
    public void It_says_what_is_allowed(string argument, string words)
    {
        var refusal = Assert.Throws<SettingException>(() => SiloSettingReader.Read(SettingSources.Build([argument])));

        Assert.Equal($"Setting {words}", refusal.Message);
    }

    [Fact]
    public void It_reads_what_is_given()
    {
        var silo = SiloSettingReader.Read(
            SettingSources.Build([
                "--Silo:Clustering=postgres",
                "--Silo:AdvertisedAddress=10.0.0.7",
                "--Silo:MaxLag=2s",
            ])
        );

        Assert.Equal(
            (Silo.Settings.Clustering.Postgres, "10.0.0.7", TimeSpan.FromSeconds(2)),
            (silo.Clustering, silo.AdvertisedAddress?.ToString(), silo.MaxLag.Value)
        );
    }
}
