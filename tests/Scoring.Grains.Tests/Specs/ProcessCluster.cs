using System.Text.Json;
using Microsoft.Extensions.Time.Testing;
using Scoring.Cli.Tests.Support;
using Scoring.Core.Workspaces;
using Scoring.Grains.SiloProcess;
using Scoring.Grains.SiloProcess.Calls;

namespace Scoring.Grains.Tests.Specs;

/// <summary>Three processes with one store between them, each a silo at a port of its own, and a clock that all of them go by.</summary>
internal sealed class ProcessCluster : IDisposable
{
    /// <summary>How many processes there are.</summary>
    public const int Processes = 3;

    // They are named at the start.
    private const int WorkspacesAtOnce = 16;

    private readonly string _folder;
    private readonly int[] _ports = [.. Enumerable.Range(0, Processes).Select(_ => FreePort.Next())];
    private readonly RunningSilo?[] _running = new RunningSilo?[Processes];
    private readonly SharedClock _clock;
    private readonly List<WorkspaceSettings> _workspaces = [];
    private readonly List<WorkspaceSettings> _unused = [];
    private uint _turn;

    /// <param name="databases">Empty databases for the store.</param>
    /// <param name="folder">For what the processes share.</param>
    public ProcessCluster(IReadOnlyList<string> databases, string folder)
    {
        (Databases, _folder) = (databases, folder);
        _clock = new SharedClock(ClockFile);
    }

    /// <summary>The databases of the store.</summary>
    public IReadOnlyList<string> Databases { get; }

    /// <summary>The clock of the test, which the processes go by when they are called.</summary>
    public FakeTimeProvider Clock { get; } = new(new DateTimeOffset(2026, 1, 10, 12, 0, 0, TimeSpan.Zero));

    /// <summary>Whether all processes are there.</summary>
    public bool IsWhole => Array.TrueForAll(_running, process => process is { HasEnded: false });

    private string ClockFile => Path.Combine(_folder, "clock");

    /// <summary>The name of a workspace with these settings that nobody has used. Where there is none, the silos are started with some.</summary>
    public async Task<string> NewWorkspaceAsync(WorkspaceSettings settings, CancellationToken cancellationToken)
    {
        if (!_unused.Exists(IsAlike))
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
    public Task<Answer> AskNextAsync(Call call, CancellationToken cancellationToken)
    {
        _clock.Set(Clock.GetUtcNow());
        return Running((int)(Interlocked.Increment(ref _turn) % Processes)).AskAsync(call, cancellationToken);
    }

    /// <summary>Kills a process without warning.</summary>
    public void Kill(int place)
    {
        Running(place).Dispose();
        _running[place] = null;
    }

    /// <summary>Has a silo hand its partitions over and stop. The next one of its place finds the process there, as that costs less than to start one.</summary>
    public async Task StopAsync(int place, CancellationToken cancellationToken) =>
        await Running(place).Control.StopAsync(cancellationToken);

    /// <summary>Checkpoints the partitions that a process has.</summary>
    public async Task CheckpointAsync(int place, CancellationToken cancellationToken) =>
        await Running(place).Control.CheckpointAsync(cancellationToken);

    /// <summary>Starts a silo where none is.</summary>
    public async Task StartAsync(int place, CancellationToken cancellationToken)
    {
        _clock.Set(Clock.GetUtcNow());
        var process = _running[place] ??= RunningSilo.Launch(_folder);
        await process.Control.StartAsync(
            new SiloSettings(Databases, _ports[place], ClockFile, _workspaces),
            cancellationToken
        );
    }

    /// <summary>Starts all silos, where none is.</summary>
    public Task StartAllAsync(CancellationToken cancellationToken) =>
        Task.WhenAll(Enumerable.Range(0, Processes).Select(place => StartAsync(place, cancellationToken)));

    /// <inheritdoc/>
    public void Dispose()
    {
        End();
        _clock.Dispose();
    }

    private void End()
    {
        Array.ForEach(_running, process => process?.Dispose());
        Array.Clear(_running);
    }

    private RunningSilo Running(int place) =>
        _running[place]
        ?? throw new InvalidOperationException($"Process {place} was ended and none started in its place.");
}
