using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Time.Testing;
using Scoring.Core;
using Scoring.Core.Backend;
using Scoring.Core.Workspaces;
using Scoring.Grains.SiloProcess;
using Scoring.Grains.SiloProcess.Calls;
using Scoring.Postgres.Tests.Support;

namespace Scoring.Grains.Tests.Specs;

/// <summary>Three processes with one store between them, in one or several databases of PostgreSQL, and their fronts in turn.</summary>
internal sealed class ThreeProcesses : BackendHost
{
    private const int Count = 3;
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);
    private static int _clocks;

    private readonly SiloProcesses _processes;
    private readonly RunningSilo?[] _running = new RunningSilo?[Count];
    private readonly SiloSettings[] _settings;
    private readonly SharedClock _clock;
    private bool _wasCut;
    private uint _turn;

    private ThreeProcesses(
        SiloProcesses processes,
        string[] databases,
        WorkspaceSettings settings,
        int variant
    )
    {
        _processes = processes;
        var clock = Path.Combine(processes.Folder, $"{Interlocked.Increment(ref _clocks)}.clock");
        _clock = new SharedClock(clock);
        _clock.Set(Clock.GetUtcNow());
        Backend = RemoteCalls.Of<IScoringBackend>(AskAsync);
        _settings =
        [
            .. FreePorts()
                .Select(port => new SiloSettings(
                    databases,
                    port,
                    clock,
                    settings with
                    {
                        Name = Workspace,
                    },
                    Partitions: 5 + variant,
                    CheckpointBytes: variant == 0 ? 4 << 20 : 64 << 10
                )),
        ];
    }

    public override FakeTimeProvider Clock { get; } = new(new DateTimeOffset(2026, 1, 10, 12, 0, 0, TimeSpan.Zero));

    public override string Workspace => WorkspaceSettings.DefaultName;

    public override IScoringBackend Backend { get; }

    public override bool AnswersEveryCall => !_wasCut;

    public static async Task<ThreeProcesses> StartAsync(
        SiloProcesses processes,
        PostgresServer server,
        int databases,
        WorkspaceSettings settings,
        int variant
    )
    {
        string[] made = [.. Enumerable.Range(0, databases).Select(_ => server.NewDatabase())];
        var host = new ThreeProcesses(processes, made, settings, variant);
        try
        {
            await host.StartAllAsync();
            return host;
        }
        catch
        {
            await host.DisposeAsync();
            throw;
        }
    }

    /// <summary>Kills all processes and starts others in their places.</summary>
    public override async Task CrashAndRestartAsync()
    {
        for (var place = 0; place < Count; place++)
        {
            Kill(place);
        }
        await StartAllAsync();
    }

    public override async Task DisturbAsync(Random random)
    {
        var place = random.Next(Count);
        switch (random.Next(4))
        {
            case 0:
                Kill(place);
                await StartAsync(place);
                break;
            case 1:
                _wasCut = true;
                await StopAsync(place, handsOver: true, Cancellation);
                await StartAsync(place);
                break;
            default:
                await _running[place]!.Control.CheckpointAsync(Cancellation);
                break;
        }
    }

    public override async ValueTask DisposeAsync()
    {
        await Task.WhenAll(
            Enumerable.Range(0, Count).Select(place => StopAsync(place, handsOver: false, CancellationToken.None))
        );
        _clock.Dispose();
    }

    private static int[] FreePorts()
    {
        TcpListener[] listeners = [.. Enumerable.Range(0, Count).Select(_ => new TcpListener(IPAddress.Loopback, 0))];
        Array.ForEach(listeners, listener => listener.Start());
        var ports = Array.ConvertAll(listeners, listener => ((IPEndPoint)listener.LocalEndpoint).Port);
        Array.ForEach(listeners, listener => listener.Dispose());
        return ports;
    }

    /// <summary>Asks the front whose turn it is; what it cannot answer because a process was ended is asked again.</summary>
    private async Task<Answer> AskAsync(Call call, CancellationToken cancellationToken)
    {
        _clock.Set(Clock.GetUtcNow());
        var since = TimeProvider.System.GetTimestamp();
        while (true)
        {
            var front = _running[Interlocked.Increment(ref _turn) % Count]!;
            var answer = await front.AskAsync(call, cancellationToken);
            if (
                !_wasCut
                || answer.Refusal?.Error != ScoringError.Unavailable
                || TimeProvider.System.GetElapsedTime(since) > Patience
            )
            {
                return answer;
            }
            await Until.LaterAsync();
        }
    }

    private Task StartAllAsync() => Task.WhenAll(Enumerable.Range(0, Count).Select(StartAsync));

    private async Task StartAsync(int place)
    {
        var process = _running[place] = _processes.Take();
        await process.Control.StartAsync(_settings[place], Cancellation);
    }

    private void Kill(int place)
    {
        _wasCut = true;
        _running[place]!.Dispose();
        _running[place] = null;
    }

    /// <summary>Stops a silo, whose process is there for the next one; where that fails it is killed.</summary>
    private async Task StopAsync(int place, bool handsOver, CancellationToken cancellationToken)
    {
        if (_running[place] is not { } process)
        {
            return;
        }
        _running[place] = null;
        try
        {
            await process.Control.StopAsync(handsOver, cancellationToken);
            _processes.GiveBack(process);
        }
        catch
        {
            process.Dispose();
            throw;
        }
    }
}
