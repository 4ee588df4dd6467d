using Scoring.Core.Workspaces;

namespace Scoring.Grains.SiloProcess;

/// <summary>What a silo is told at its start.</summary>
/// <param name="Databases">How to connect to the databases of the store.</param>
/// <param name="SiloPort">Where the others reach it, on the loopback.</param>
/// <param name="Clock">The file of the <see cref="SharedClock"/>.</param>
/// <param name="Workspaces">The workspaces.</param>
internal sealed record SiloSettings(
    IReadOnlyList<string> Databases,
    int SiloPort,
    string Clock,
    IReadOnlyList<WorkspaceSettings> Workspaces
);
