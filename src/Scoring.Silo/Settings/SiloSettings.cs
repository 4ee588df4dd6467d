using System.Net;

namespace Scoring.Silo.Settings;

/// <summary>The settings of a silo beside those of the front. <see cref="SiloSettingCatalog"/> describes them.</summary>
internal sealed record SiloSettings
{
    public string ConnectionString { get; init; } = "Host=localhost;Database=scoring;Username=scoring";

    public bool CreateTables { get; init; } = true;

    public Clustering Clustering { get; init; } = Clustering.Localhost;

    public string ClusterId { get; init; } = "scoring";

    public int SiloPort { get; init; } = 11_111;

    /// <summary>Null: an address of this machine that others reach.</summary>
    public IPAddress? AdvertisedAddress { get; init; }

    public int MaxConnections { get; init; } = 12;

    public int SegmentShards { get; init; } = 8;

    public TimeSpan SummaryInterval { get; init; } = TimeSpan.FromMilliseconds(250);

    public TimeSpan MaxLag { get; init; } = TimeSpan.FromSeconds(1);

    public int DuplicateWindowMinimum { get; init; } = 16;

    public int DuplicateWindowMaximum { get; init; } = 100_000;

    public TimeSpan CallTimeout { get; init; } = TimeSpan.FromSeconds(10);

    public TimeSpan CollectionAge { get; init; } = TimeSpan.FromMinutes(5);
}
