using System.Text.Json.Serialization;

namespace Scoring.Cli.Migration;

/// <summary>What a migration did, or would do.</summary>
/// <param name="Direction">"to-cluster" or "to-standalone".</param>
/// <param name="DryRun">Whether nothing was written.</param>
/// <param name="Workspaces">The workspaces.</param>
/// <param name="Customers">Customers of all workspaces.</param>
/// <param name="Accounts">Accounts of all workspaces.</param>
/// <param name="EventIds">Event ids that are remembered.</param>
/// <param name="Partitions">Partitions of the standalone store.</param>
/// <param name="Checksum">Of all customers; empty for a dry run.</param>
/// <param name="Seconds">How long it took.</param>
internal sealed record MigrationReport(
    string Direction,
    bool DryRun,
    IReadOnlyList<MigratedWorkspace> Workspaces,
    long Customers,
    long Accounts,
    long EventIds,
    int Partitions,
    string Checksum,
    double Seconds
);

/// <summary>What went of a workspace.</summary>
/// <param name="Name">The workspace.</param>
/// <param name="HalfLivesDays">Its half-lives, which the target's settings must have too.</param>
/// <param name="Customers">Its customers.</param>
/// <param name="Accounts">Its accounts.</param>
/// <param name="Models">Its models.</param>
internal sealed record MigratedWorkspace(
    string Name,
    IReadOnlyList<int> HalfLivesDays,
    long Customers,
    long Accounts,
    IReadOnlyList<MigratedModel> Models
);

/// <summary>A model that went.</summary>
/// <param name="Name">The model.</param>
/// <param name="Version">Its version.</param>
internal sealed record MigratedModel(string Name, int Version);

/// <summary>Reports for programs.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, WriteIndented = true)]
[JsonSerializable(typeof(MigrationReport))]
internal sealed partial class MigrationJson : JsonSerializerContext;
