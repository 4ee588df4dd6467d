using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using Scoring.Server.Settings;
using Scoring.Server.Settings.Rules;
using Scoring.Server.Settings.Values;

namespace Scoring.Silo.Settings;

/// <summary>The settings of a silo beside those of the front.</summary>
internal sealed record SiloSettings : IValidatableObject
{
    /// <summary>Settings of the front's section that say how the standalone edition stores, and mean nothing here.</summary>
    public static IReadOnlyList<string> OfStandalone { get; } =
    [
        nameof(ServerSettings.DataDirectory),
        nameof(ServerSettings.Durability),
        nameof(ServerSettings.Partitions),
        nameof(ServerSettings.MaxQueuedBytes),
        nameof(ServerSettings.DuplicateWindowMinimum),
        nameof(ServerSettings.DuplicateWindowMaximum),
        nameof(ServerSettings.CheckpointBytes),
        nameof(ServerSettings.CheckpointInterval),
    ];

    [Description("Where PostgreSQL is, in Npgsql's words.")]
    public string ConnectionString { get; init; } = "Host=localhost;Database=scoring;Username=scoring";

    [Description(
        "Whether the silo makes the tables that are not there yet when it starts; otherwise run deploy/postgres.sql."
    )]
    public bool CreateTables { get; init; } = true;

    [Description(
        "How silos find each other: Localhost for a single one on this machine, which has the database alone; Postgres for any number."
    )]
    public Clustering Clustering { get; init; } = Clustering.Localhost;

    [Description("Silos of the same id and the same PostgreSQL are one cluster.")]
    [Name]
    public string ClusterId { get; init; } = "scoring";

    [Description("Port that silos reach each other at. Nobody else needs to; keep it closed to others.")]
    [Range(1, 65_535)]
    public int SiloPort { get; init; } = 11_111;

    /// <summary>Null: an address of this machine that others reach.</summary>
    [Description("IP address that other silos reach this one at; unset means one of this machine.")]
    public HostAddress? AdvertisedAddress { get; init; }

    [Description(
        "Most connections to PostgreSQL of this silo, beside two for the membership of the cluster. Summed over all silos they must stay under PostgreSQL's max_connections; a silo that starts counts those that are there, warns where they may take more together, and refuses to start where it alone may."
    )]
    [Range(3, 1_000)]
    public int MaxConnections { get; init; } = 12;

    [Description(
        "Parts that the customers of a workspace are divided into for figures of many; the same on all silos."
    )]
    [Range(1, 1_024)]
    public int SegmentShards { get; init; } = 8;

    [Description("How often silos tell each other what became of their customers; figures of many lag by little more.")]
    [Range(typeof(Duration), "10ms", "1m")]
    public Duration SummaryInterval { get; init; } = Duration.Parse("250ms");

    [Description(
        "Most that figures of many may lag behind what was acknowledged, at least twice SummaryInterval. What would lag more is waited for, as long as CallTimeout, then answered UNAVAILABLE."
    )]
    [Range(typeof(Duration), "20ms", "1h")]
    public Duration MaxLag { get; init; } = Duration.Parse("1s");

    [Description("As many of a customer's newest event ids are remembered whatever their age.")]
    [Range(1, 1_000_000)]
    public int DuplicateWindowMinimum { get; init; } = 16;

    [Description("Most event ids that are remembered of one customer.")]
    [Range(1, 1_000_000)]
    public int DuplicateWindowMaximum { get; init; } = 100_000;

    [Description(
        "How long a call is tried before it is answered UNAVAILABLE, its outcome unknown; half of it more at the most."
    )]
    [Range(typeof(Duration), "1s", "10m")]
    public Duration CallTimeout { get; init; } = Duration.Parse("10s");

    [Description("How long a customer who is not asked for stays in memory, where it takes about 4 kB.")]
    [Range(typeof(Duration), "2m", "30d")]
    public Duration CollectionAge { get; init; } = Duration.Parse("5m");

    /// <summary>What is wrong with settings that are right one by one.</summary>
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (DuplicateWindowMaximum < DuplicateWindowMinimum)
        {
            yield return new(
                $"Setting Silo:DuplicateWindowMaximum is {DuplicateWindowMaximum} but must be at least Silo:DuplicateWindowMinimum, {DuplicateWindowMinimum}."
            );
        }
        if (MaxLag.Value < 2 * SummaryInterval.Value)
        {
            yield return new(
                $"Setting Silo:MaxLag is {MaxLag} but must be at least twice Silo:SummaryInterval, {SummaryInterval}."
            );
        }
    }
}
