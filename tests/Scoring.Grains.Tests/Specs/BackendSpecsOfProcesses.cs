using Scoring.Core.Workspaces;
using Scoring.Postgres.Tests.Support;

namespace Scoring.Grains.Tests.Specs;

/// <summary>Every specification gets a silo in each of three processes, and databases of its own.</summary>
public sealed class Processes(PostgresServer server, SiloProcesses processes, int databases = 1) : IBackendHosts
{
    /// <inheritdoc/>
    public async Task<BackendHost> StartAsync(WorkspaceSettings settings, int variant) =>
        await ThreeProcesses.StartAsync(processes, server, databases, settings, variant);
}

public sealed class RecordingByProcesses(PostgresServer server, SiloProcesses processes)
    : RecordingSpecs(new Processes(server, processes));

public sealed class LimitsOfProcesses(PostgresServer server, SiloProcesses processes)
    : LimitSpecs(new Processes(server, processes));

public sealed class ScoresOfProcesses(PostgresServer server, SiloProcesses processes)
    : ScoreSpecs(new Processes(server, processes));

public sealed class ModelsOfProcesses(PostgresServer server, SiloProcesses processes)
    : ModelSpecs(new Processes(server, processes));

public sealed class SegmentsOfProcesses(PostgresServer server, SiloProcesses processes)
    : SegmentSpecs(new Processes(server, processes));

public sealed class AccountsOfProcesses(PostgresServer server, SiloProcesses processes)
    : AccountSpecs(new Processes(server, processes));

public sealed class RandomOperationsOnProcesses(PostgresServer server, SiloProcesses processes)
    : RandomOperationsSpecs(new Processes(server, processes));
