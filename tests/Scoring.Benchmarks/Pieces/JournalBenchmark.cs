using BenchmarkDotNet.Attributes;
using Scoring.Core;
using Scoring.Core.Recording;
using Scoring.Engine;
using Scoring.Engine.Files;
using Scoring.Engine.Hosting;
using Scoring.Engine.Journal;
using Scoring.Engine.Partitions;
using Scoring.Engine.Workspaces;

namespace Scoring.Benchmarks.Pieces;

/// <summary>One group commit: composed, written over blocks that exist, synchronised; segments are used again as behind checkpoints.</summary>
[MemoryDiagnoser]
public class JournalBenchmark
{
    private const int Partitions = 2;
    private readonly Workload _workload = new(1_000_000);
    private readonly EngineWorkspace _workspace = new(0, Workload.Settings, new PartitionHash("default", Partitions));
    private readonly FrameComposer _composer = new(Partitions, _ => OutcomeMark.None);
    private readonly List<WriteCall> _calls = [];
    private readonly long[] _newest = new long[Partitions];
    private string _directory = "";
    private EngineOptions _options = null!;
    private IPartitionLog _journal = null!;
    private EventBatch _batch = null!;
    private long _written;

    [Params(1, 64, 4_000)]
    public int Events { get; set; }

    [Params(Durability.OnDisk, Durability.InOsCache)]
    public Durability Durability { get; set; }

    [GlobalSetup]
    public void Open()
    {
        _directory = Directory.CreateTempSubdirectory("scoring-bench-").FullName;
        _options = new EngineOptions { DataDirectory = _directory, Durability = Durability };
        var store = new FileStore(_options);
        store.Make(identity: 1, _ => { });
        _journal = store.OpenLog(identity: 1, Durability, new LogSpan[Partitions]);
        _journal.StartWriting();
        _batch = _workload.Next(Events);
        var call = new WriteCall(Durability, Workload.Now);
        foreach (var (partition, payload) in BatchSplitter.Split(_batch, _workspace, Partitions))
        {
            call.Add(new WritePart(call, partition, CommandKind.RecordEvents, _workspace.Number, payload));
        }
        _calls.Add(call);
    }

    [GlobalCleanup]
    public void Close()
    {
        _journal.Dispose();
        _batch.Dispose();
        Directory.Delete(_directory, recursive: true);
    }

    [Benchmark]
    public int Compose()
    {
        using var frame = _composer.Compose(_calls, _newest);
        Dispose(frame);
        return frame.Length;
    }

    [Benchmark]
    public void Commit()
    {
        using var frame = _composer.Compose(_calls, _newest);
        _journal.Append(frame);
        // As often as segments are filled, of which two are used in turns.
        _written += frame.BlockBytes;
        if (_written >= JournalSegment.LengthBy(_options))
        {
            _written = 0;
            _journal.Forget(_ => long.MaxValue);
        }
        Dispose(frame);
    }

    private static void Dispose(JournalFrame frame)
    {
        foreach (var entry in frame.Entries)
        {
            entry.Dispose();
        }
    }
}
