using System.Text.Json;
using Microsoft.Extensions.Time.Testing;
using Scoring.Cli.Tests.Support;
using Scoring.Core.Workspaces;
using Scoring.Grains.SiloProcess;
using Scoring.Grains.SiloProcess.Calls;
using Scoring.Postgres.Tests.Support;

namespace Scoring.Grains.Tests.Specs;

/// <summary>
/// Three processes with one store between them, each a silo at a port of its own, and a clock that all of them go by. For one specification after the other:
/// to start them takes longer than most specifications do.
/// </summary>
/// <param name="server">Where the store lies.</param>
/// <param name="databases">In how many databases.</param>
public abstract class ProcessCluster(PostgresServer server, int databases) : IDisposable
{
    /// <summary>How many processes there are.</summary>
    internal const int Processes = 3;

    // They are named at the start.
    private const int WorkspacesAtOnce = 48;

    private readonly string _folder = Directory.CreateTempSubdirectory("scoring-silos-").FullName;
    private readonly int[] _ports = [.. Enumerable.Range(0, Processes).Select(_ => FreePort.Next())];
    private readonly RunningSilo?[] _running = new RunningSilo?[Processes];
    private readonly List<WorkspaceSettings> _workspaces = [];
    private readonly List<WorkspaceSettings> _unused = [];
    private string[]? _databases;
    private SharedClock? _clock;
    private uint _turn;

    /// <summary>The clock of the test, which the processes go by when they are called.</summary>
    internal FakeTimeProvider Clock { get; } = new(new DateTimeOffset(2026, 1, 10, 12, 0, 0, TimeSpan.Zero));

    /// <summary>Whether a process of these has ever been killed or stopped.</summary>
    internal bool WasCut { get; private set; }

    private string ClockFile => Path.Combine(_folder, "clock");

    /// <summary>The name of a workspace with these settings that nobody has used. Where there is none, or a process is missing, the silos are started anew.</summary>
    internal async Task<string> NewWorkspaceAsync(WorkspaceSettings settings, CancellationToken cancellationToken)
    {
        _databases ??= [.. Enumerable.Range(0, databases).Select(_ => server.NewDatabase())];
        if (!_unused.Exists(IsAlike) || Array.Exists(_running, process => process is not { HasEnded: false }))
        {
            End();
            WorkspaceSettings[] more =
            [
                .. Enumerable
                    .Range(_workspaces.Count, WorkspacesAtOnce)
                    .Select(number => settings with { Name = $"specs-{number}" }),
            ];
            _workspaces.AddRange(more);
            _unused.AddRange(more);
            await StartAllAsync(cancellationToken);
        }
        var found = _unused.Find(IsAlike)!;
        _unused.Remove(found);
        return found.Name;

        bool IsAlike(WorkspaceSettings unused) =>
            JsonSerializer.Serialize(unused with { Name = settings.Name }) == JsonSerializer.Serialize(settings);
    }

    /// <summary>The process whose turn it is answers a call.</summary>
    internal Task<Answer> AskNextAsync(Call call, CancellationToken cancellationToken)
    {
        SetClock();
        return Running((int)(Interlocked.Increment(ref _turn) % Processes)).AskAsync(call, cancellationToken);
    }

    /// <summary>Kills a process without warning.</summary>
    internal void Kill(int place)
    {
        WasCut = true;
        Running(place).Dispose();
        _running[place] = null;
    }

    /// <summary>Has a silo hand its partitions over and stop. The next one of its place finds the process there, as that costs less than to start one.</summary>
    internal async Task StopAsync(int place, CancellationToken cancellationToken)
    {
        WasCut = true;
        await Running(place).Control.StopAsync(cancellationToken);
    }

    /// <summary>Checkpoints the partitions that a process has.</summary>
    internal async Task CheckpointAsync(int place, CancellationToken cancellationToken) =>
        await Running(place).Control.CheckpointAsync(cancellationToken);

    /// <summary>Starts a silo where none is.</summary>
    internal async Task StartAsync(int place, CancellationToken cancellationToken)
    {
        SetClock();
        var process = _running[place] ??= RunningSilo.Launch(_folder);
        await process.Control.StartAsync(
            new SiloSettings(_databases!, _ports[place], ClockFile, _workspaces),
            cancellationToken
        );
    }

    /// <summary>Starts all silos, where none is.</summary>
    internal Task StartAllAsync(CancellationToken cancellationToken) =>
        Task.WhenAll(Enumerable.Range(0, Processes).Select(place => StartAsync(place, cancellationToken)));

    /// <inheritdoc/>
    public void Dispose()
    {
        End();
        _clock?.Dispose();
        Directory.Delete(_folder, recursive: true);
        GC.SuppressFinalize(this);
    }

    private void SetClock() => (_clock ??= new SharedClock(ClockFile)).Set(Clock.GetUtcNow());

    private void End()
    {
        Array.ForEach(_running, process => process?.Dispose());
        Array.Clear(_running);
    }

    private RunningSilo Running(int place) =>
        _running[place]
        ?? throw new InvalidOperationException($"Process {place} was ended and none started in its place.");
}
