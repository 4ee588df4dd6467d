using System.Collections.Frozen;
using System.Net;
using Scoring.Server.Settings;

namespace Scoring.Silo.Settings;

/// <summary>Every setting of a silo beside those of the front.</summary>
internal static class SiloSettingCatalog
{
    /// <summary>Settings of the front's section that say how the standalone edition stores, and mean nothing here.</summary>
    public static IReadOnlyList<string> NotOfSilos { get; } =
    [
        "DataDirectory",
        "Durability",
        "Partitions",
        "MaxQueuedBytes",
        "DuplicateWindowMinimum",
        "DuplicateWindowMaximum",
        "CheckpointBytes",
        "CheckpointInterval",
    ];

    public static IReadOnlyList<Setting<SiloSettings>> All { get; } =
    [
        new(
            "ConnectionString",
            "Host=localhost;Database=scoring;Username=scoring",
            "Where PostgreSQL is, in Npgsql's words.",
            (s, text) => s with { ConnectionString = text }
        ),
        new(
            "CreateTables",
            "true",
            "Whether the silo makes the tables that are not there yet when it starts; otherwise run deploy/postgres.sql.",
            (s, text) => s with { CreateTables = SettingText.Flag(text) }
        ),
        new(
            "Clustering",
            "localhost",
            "How silos find each other: localhost for a single one on this machine, postgres for any number.",
            (s, text) => s with { Clustering = ReadClustering(text) }
        ),
        new(
            "ClusterId",
            "scoring",
            "Silos of the same id and the same PostgreSQL are one cluster.",
            (s, text) => s with { ClusterId = SettingText.Name(text) }
        ),
        new(
            "SiloPort",
            "11111",
            "Port that silos reach each other at.",
            (s, text) => s with { SiloPort = SettingText.Whole(text, 1, 65_535) }
        ),
        new(
            "AdvertisedAddress",
            "",
            "IP address that other silos reach this one at; unset means one of this machine.",
            (s, text) => s with { AdvertisedAddress = ReadAddress(text) }
        ),
        new(
            "MaxConnections",
            "12",
            "Most connections to PostgreSQL of this silo, beside two for the membership of the cluster. Summed over all silos they must stay under PostgreSQL's max_connections.",
            (s, text) => s with { MaxConnections = SettingText.Whole(text, 3, 1_000) }
        ),
        new(
            "SegmentShards",
            "8",
            "Parts that the customers of a workspace are divided into for figures of many, 1 to 1,024; the same on all silos.",
            (s, text) => s with { SegmentShards = SettingText.Whole(text, 1, 1_024) }
        ),
        new(
            "SummaryInterval",
            "250ms",
            "How often silos tell each other what became of their customers; figures of many lag by little more.",
            (s, text) =>
                s with
                {
                    SummaryInterval = SettingText.Duration(
                        text,
                        TimeSpan.FromMilliseconds(10),
                        TimeSpan.FromMinutes(1)
                    ),
                }
        ),
        new(
            "MaxLag",
            "1s",
            "Most that figures of many may lag behind what was acknowledged, at least twice SummaryInterval. What would lag more is waited for, then answered UNAVAILABLE.",
            (s, text) =>
                s with
                {
                    MaxLag = SettingText.Duration(text, TimeSpan.FromMilliseconds(20), TimeSpan.FromHours(1)),
                }
        ),
        new(
            "DuplicateWindowMinimum",
            "16",
            "As many of a customer's newest event ids are remembered whatever their age.",
            (s, text) => s with { DuplicateWindowMinimum = SettingText.Whole(text, 1, 1_000_000) }
        ),
        new(
            "DuplicateWindowMaximum",
            "100000",
            "Most event ids that are remembered of one customer.",
            (s, text) => s with { DuplicateWindowMaximum = SettingText.Whole(text, 1, 1_000_000) }
        ),
        new(
            "CallTimeout",
            "10s",
            "How long a call is tried before it is answered UNAVAILABLE, its outcome unknown; half of it more at the most.",
            (s, text) =>
                s with
                {
                    CallTimeout = SettingText.Duration(text, TimeSpan.FromSeconds(1), TimeSpan.FromMinutes(10)),
                }
        ),
        new(
            "CollectionAge",
            "5m",
            "How long a customer who is not asked for stays in memory.",
            (s, text) =>
                s with
                {
                    CollectionAge = SettingText.Duration(text, TimeSpan.FromMinutes(2), TimeSpan.FromDays(30)),
                }
        ),
    ];

    /// <summary>The settings by name; names are case-insensitive, as configuration is.</summary>
    public static FrozenDictionary<string, Setting<SiloSettings>> ByName { get; } =
        All.ToFrozenDictionary(setting => setting.Name, StringComparer.OrdinalIgnoreCase);

    private static Clustering ReadClustering(string text) =>
        text.ToUpperInvariant() switch
        {
            "LOCALHOST" => Clustering.Localhost,
            "POSTGRES" => Clustering.Postgres,
            _ => throw new FormatException("must be localhost or postgres"),
        };

    private static IPAddress ReadAddress(string text) =>
        IPAddress.TryParse(text, out var address) ? address : throw new FormatException("must be an IP address");
}
