using BenchmarkDotNet.Attributes;
using Scoring.Core.Recording;
using Scoring.Engine;
using Scoring.Engine.Tests;

namespace Scoring.Benchmarks.Pieces;

/// <summary>The engine on its store: group commits, checkpoints, and starting again behind either.</summary>
[MemoryDiagnoser]
public class StoreBenchmark
{
    private const int Batches = 100;
    private const int InFlight = 16;
    private readonly Workload _workload = new(100_000);
    private string _directory = "";
    private ScoringEngine _engine = null!;
    private EventBatch[] _batches = [];

    // The runner in this process does not wait for a task of a setup.
    [GlobalSetup]
    public void Open() => OpenAsync().GetAwaiter().GetResult();

    [IterationSetup]
    public void Prepare() => _batches = [.. Enumerable.Range(0, Batches).Select(_ => _workload.Next())];

    [GlobalCleanup]
    public void Close()
    {
        _engine.DisposeAsync().AsTask().GetAwaiter().GetResult();
        Directory.Delete(_directory, recursive: true);
    }

    /// <summary>Durable, exactly once: journalled, committed, applied.</summary>
    [Benchmark(OperationsPerInvoke = Batches * Workload.BatchSize)]
    public Task Record() =>
        Parallel.ForEachAsync(
            _batches,
            new ParallelOptions { MaxDegreeOfParallelism = InFlight },
            async (batch, cancellation) => await _engine.RecordAsync(batch, cancellation)
        );

    /// <summary>A checkpoint of most of 100,000 customers, with the 100,000 events that changed them.</summary>
    [Benchmark]
    public async Task Record_and_checkpoint()
    {
        await Record();
        await _engine.CheckpointAsync();
    }

    /// <summary>A stop, which checkpoints, and a start: reading 100,000 customers and the window.</summary>
    [Benchmark]
    public async Task Stop_and_start()
    {
        await _engine.DisposeAsync();
        _engine = await ScoringEngine.OpenAsync(Options(_directory));
    }

    private async Task OpenAsync()
    {
        _directory = Directory.CreateTempSubdirectory("scoring-bench-").FullName;
        _engine = await ScoringEngine.OpenAsync(Options(_directory));
        foreach (var batch in _workload.EveryType())
        {
            await _engine.RecordAsync(batch, default);
            batch.Dispose();
        }
    }

    private static EngineOptions Options(string directory) =>
        new() { DataDirectory = directory, CheckpointInterval = TimeSpan.FromDays(1) };
}
