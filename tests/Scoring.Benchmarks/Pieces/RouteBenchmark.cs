using BenchmarkDotNet.Attributes;
using Scoring.Core.Recording;
using Scoring.Core.Time;
using Scoring.Engine.Duplicates;
using Scoring.Engine.Hosting;
using Scoring.Engine.Partitions;
using Scoring.Engine.Workspaces;

namespace Scoring.Benchmarks.Pieces;

/// <summary>What happens to an event on its way to its customer: division by partition, and the window of event ids.</summary>
[MemoryDiagnoser]
public class RouteBenchmark
{
    private const int Partitions = 2;
    private readonly Workload _workload = new(1_000_000);
    private readonly EngineWorkspace _workspace = new(0, Workload.Settings, new PartitionHash("default", Partitions));
    private readonly DuplicateWindow _window = new(new(TimeSpan.FromHours(1), 1, 1_000_000));
    private EventBatch _batch = null!;
    private ulong _events;

    [GlobalSetup]
    public void Fill()
    {
        _batch = _workload.Next();
        for (var i = 0; i < 1_000; i++)
        {
            Remember();
        }
    }

    [Benchmark(OperationsPerInvoke = Workload.BatchSize)]
    public int Split()
    {
        var parts = BatchSplitter.Split(_batch, _workspace, Partitions);
        foreach (var part in parts)
        {
            part.Payload.Dispose();
        }
        return parts.Count;
    }

    [Benchmark(OperationsPerInvoke = Workload.BatchSize)]
    public ulong Identify()
    {
        var sum = 0UL;
        var events = _batch.GetEnumerator();
        while (events.MoveNext())
        {
            sum += EventIdentity.Of(default, events).Content;
        }
        return sum;
    }

    /// <summary>New ids in a window that is full: each takes the place of the oldest.</summary>
    [Benchmark(OperationsPerInvoke = Workload.BatchSize)]
    public void Remember()
    {
        for (var i = 0; i < Workload.BatchSize; i++)
        {
            var id = ++_events * 0x9E3779B97F4A7C15;
            var identity = new EventIdentity(new UInt128(id, id * 0xC2B2AE3D27D4EB4F), id);
            if (_window.Find(identity) is null)
            {
                _window.Add(identity, new Instant((long)_events));
            }
        }
    }
}
