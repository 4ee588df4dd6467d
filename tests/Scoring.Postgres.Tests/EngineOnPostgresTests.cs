using Microsoft.Extensions.Time.Testing;
using Scoring.Core.Backend;
using Scoring.Core.Workspaces;
using Scoring.Engine;
using Scoring.Postgres.Tests.Support;

namespace Scoring.Postgres.Tests;

/// <summary>An engine that has a store in PostgreSQL for itself, with a clock that stands still until it is told to go on.</summary>
internal sealed class PostgresEngine(PostgresServer server, int databases) : BackendHost
{
    private readonly string[] _databases = [.. Enumerable.Range(0, databases).Select(_ => server.NewDatabase())];
    private ScoringEngine? _engine;
    private TcpProxy? _proxy;

    public override FakeTimeProvider Clock { get; } = new(new DateTimeOffset(2026, 1, 10, 12, 0, 0, TimeSpan.Zero));

    public override IScoringBackend Backend => _engine!;

    public override string Workspace => WorkspaceSettings.DefaultName;

    public required EngineOptions Options { get; init; }

    /// <summary>The databases that the store lies in.</summary>
    public IReadOnlyList<string> Databases => _databases;

    /// <summary>Writes a checkpoint.</summary>
    public Task CheckpointAsync() => _engine!.CheckpointAsync(Cancellation);

    public async Task OpenAsync()
    {
        _proxy = new(server.Socket);
        var options = TestServer.Options([.. _databases.Select(_proxy.Through)]) with { RotationBytes = 64 << 10 };
        _engine = await ScoringEngine.OpenAsync(
            Options with
            {
                TimeProvider = Clock,
            },
            () => new StoreOfGoneOwners(new PostgresStore(options)),
            Cancellation
        );
    }

    public override async Task CrashAndRestartAsync()
    {
        // What it has not sent by now it never sends.
        _proxy!.GoDown();
        await CloseAsync();
        await OpenAsync();
    }

    public override async Task DisturbAsync(Random random)
    {
        switch (random.Next(3))
        {
            case 0:
                await CloseAsync();
                await OpenAsync();
                break;
            case 1:
                await CrashAndRestartAsync();
                break;
            default:
                await _engine!.CheckpointAsync(Cancellation);
                break;
        }
    }

    public override async ValueTask DisposeAsync() => await CloseAsync();

    private async Task CloseAsync()
    {
        if (_engine is not null)
        {
            await _engine.DisposeAsync();
        }
        _engine = null;
        _proxy?.Dispose();
    }
}

/// <summary>Every specification gets an engine of its own.</summary>
public sealed class PostgresEngines(PostgresServer server) : IBackendHosts
{
    /// <inheritdoc/>
    public async Task<BackendHost> StartAsync(WorkspaceSettings settings, int variant)
    {
        var engine = new PostgresEngine(server, databases: 1 + (variant % 2))
        {
            Options = new EngineOptions
            {
                DataDirectory = "unused",
                Workspaces = [settings with { Name = WorkspaceSettings.DefaultName }],
                Partitions = 3 - (variant % 3),
                CheckpointBytes = variant == 0 ? 4 << 20 : 64 << 10,
                CheckpointInterval = TimeSpan.FromDays(30),
            },
        };
        await engine.OpenAsync();
        return engine;
    }
}

public sealed class RecordingOnPostgres(PostgresServer server) : RecordingSpecs(new PostgresEngines(server));

public sealed class LimitsOnPostgres(PostgresServer server) : LimitSpecs(new PostgresEngines(server));

public sealed class ScoresOnPostgres(PostgresServer server) : ScoreSpecs(new PostgresEngines(server));

public sealed class ModelsOnPostgres(PostgresServer server) : ModelSpecs(new PostgresEngines(server));

public sealed class SegmentsOnPostgres(PostgresServer server) : SegmentSpecs(new PostgresEngines(server));

public sealed class FiltersOnPostgres(PostgresServer server) : FilterSpecs(new PostgresEngines(server));

public sealed class ListsOnPostgres(PostgresServer server) : ListSpecs(new PostgresEngines(server));

public sealed class EventExportsOnPostgres(PostgresServer server) : EventExportSpecs(new PostgresEngines(server));

public sealed class TermsOnPostgres(PostgresServer server) : TermSpecs(new PostgresEngines(server));

public sealed class AdjustmentsOnPostgres(PostgresServer server) : AdjustmentSpecs(new PostgresEngines(server));

public sealed class HistoriesOnPostgres(PostgresServer server) : HistorySpecs(new PostgresEngines(server));

public sealed class ScoreChangesOnPostgres(PostgresServer server) : ScoreChangeSpecs(new PostgresEngines(server));

public sealed class AccountHistoriesOnPostgres(PostgresServer server)
    : AccountHistorySpecs(new PostgresEngines(server));

public sealed class AccountChangesOnPostgres(PostgresServer server) : AccountChangeSpecs(new PostgresEngines(server));

public sealed class EvaluationsOnPostgres(PostgresServer server) : EvaluationSpecs(new PostgresEngines(server));

public sealed class ProposalsOnPostgres(PostgresServer server) : ProposalSpecs(new PostgresEngines(server));

public sealed class EvaluationProgressOnPostgres(PostgresServer server)
    : EvaluationProgressSpecs(new PostgresEngines(server));

public sealed class SegmentHistoriesOnPostgres(PostgresServer server)
    : SegmentHistorySpecs(new PostgresEngines(server));

public sealed class MoversOnPostgres(PostgresServer server) : MoverSpecs(new PostgresEngines(server));

public sealed class SegmentChangesOnPostgres(PostgresServer server) : SegmentChangeSpecs(new PostgresEngines(server));

public sealed class BandLeaversOnPostgres(PostgresServer server) : BandLeaverSpecs(new PostgresEngines(server));

public sealed class ProjectionsOnPostgres(PostgresServer server) : ProjectionSpecs(new PostgresEngines(server));

public sealed class KeepingOnPostgres(PostgresServer server) : KeepingSpecs(new PostgresEngines(server));

public sealed class CorrectionsOnPostgres(PostgresServer server) : CorrectionSpecs(new PostgresEngines(server));

public sealed class AccountsOnPostgres(PostgresServer server) : AccountSpecs(new PostgresEngines(server));

public sealed class CustomersOnPostgres(PostgresServer server) : CustomerSpecs(new PostgresEngines(server));

public sealed class RandomOperationsOnPostgres(PostgresServer server)
    : RandomOperationsSpecs(new PostgresEngines(server));
