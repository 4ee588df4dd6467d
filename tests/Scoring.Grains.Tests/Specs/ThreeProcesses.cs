using Microsoft.Extensions.Time.Testing;
using Scoring.Core;
using Scoring.Core.Backend;
using Scoring.Grains.SiloProcess.Calls;

namespace Scoring.Grains.Tests.Specs;

/// <summary>A workspace of three processes, whose fronts are called in turn.</summary>
internal sealed class ThreeProcesses : BackendHost
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);

    private readonly ProcessCluster _cluster;
    private bool _wasCut;

    public ThreeProcesses(ProcessCluster cluster, string workspace)
    {
        (_cluster, Workspace) = (cluster, workspace);
        Backend = RemoteCalls.Of<IScoringBackend>(AskAsync);
    }

    public override FakeTimeProvider Clock => _cluster.Clock;

    public override string Workspace { get; }

    public override IScoringBackend Backend { get; }

    public override bool AnswersEveryCall => !_wasCut;

    /// <summary>Kills all processes and starts others in their places.</summary>
    public override async Task CrashAndRestartAsync()
    {
        _wasCut = true;
        for (var place = 0; place < ProcessCluster.Processes; place++)
        {
            _cluster.Kill(place);
        }
        await _cluster.StartAllAsync(Cancellation);
    }

    public override async Task DisturbAsync(Random random)
    {
        var place = random.Next(ProcessCluster.Processes);
        // Mostly what takes no time.
        switch (random.Next(8))
        {
            case 0:
                _wasCut = true;
                _cluster.Kill(place);
                await _cluster.StartAsync(place, Cancellation);
                break;
            case 1:
                _wasCut = true;
                await _cluster.StopAsync(place, Cancellation);
                await _cluster.StartAsync(place, Cancellation);
                break;
            default:
                await CheckpointAsync(place);
                break;
        }
    }

    /// <summary>
    /// Has a process checkpoint, which fails where it is losing a partition to one that was ended and is back. The specification
    /// before this one may have ended it: they share the processes.
    /// </summary>
    private async Task CheckpointAsync(int place)
    {
        try
        {
            await _cluster.CheckpointAsync(place, Cancellation);
        }
        catch (ScoringException e) when (_cluster.WasCut && e.Error == ScoringError.Unavailable)
        {
            // It is tried again by itself.
        }
    }

    public override ValueTask DisposeAsync() => ValueTask.CompletedTask;

    /// <summary>What cannot be answered because a process was ended is asked again.</summary>
    private async Task<Answer> AskAsync(Call call, CancellationToken cancellationToken)
    {
        var since = TimeProvider.System.GetTimestamp();
        while (true)
        {
            var answer = await _cluster.AskNextAsync(call, cancellationToken);
            var mayAskAgain = _wasCut && TimeProvider.System.GetElapsedTime(since) < Patience;
            if (!mayAskAgain || answer.Refusal?.Error != ScoringError.Unavailable)
            {
                return answer;
            }
            await Until.LaterAsync();
        }
    }
}
