using BenchmarkDotNet.Attributes;
using Scoring.Core.Populations;
using Scoring.Core.Recording;

namespace Scoring.Benchmarks.Pieces;

/// <summary>An event applied to the facts of its customer, of which there are few or many.</summary>
[MemoryDiagnoser]
public class ApplyBenchmark
{
    private const int Batches = 100;
    private Population _population = null!;
    private EventBatch[] _batches = [];

    [Params(10_000, 1_000_000)]
    public int Customers { get; set; }

    [GlobalSetup]
    public void Populate()
    {
        var workload = new Workload(Customers);
        _population = workload.Populate();
        _batches = [.. Enumerable.Range(0, Batches).Select(_ => workload.Next())];
        _population.MakeReadyToTally(Workload.Model);
    }

    [Benchmark(OperationsPerInvoke = Batches * Workload.BatchSize)]
    public void Apply() => Workload.Apply(_batches, _population);

    [Benchmark(OperationsPerInvoke = Batches * Workload.BatchSize)]
    public long Look_up()
    {
        var rows = 0L;
        foreach (var batch in _batches)
        {
            var events = batch.GetEnumerator();
            while (events.MoveNext())
            {
                rows += _population.FindId(events.CurrentCustomerId);
            }
        }
        return rows;
    }
}
