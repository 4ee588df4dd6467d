using Scoring.Engine.Storage;

namespace Scoring.Engine.Checkpoints;

/// <summary>A piece of a checkpoint, small enough to be written between two commits without anybody noticing.</summary>
internal sealed class CheckpointSlice(int partition) : IDisposable
{
    private readonly BlobWriter _blobs = new(64 * 1_024);
    private readonly List<Row> _rows = [];
    private readonly List<Range> _removals = [];
    private int _start;

    public int Partition { get; } = partition;

    public int Bytes => _blobs.Length;

    public bool IsEmpty => _rows.Count == 0;

    /// <summary>What writing it changes in what the store holds of the partition.</summary>
    public Func<PartitionState, PartitionState> Change { get; set; } = state => state;

    /// <summary>To be called when it could not be written.</summary>
    public Action Undo { get; set; } = () => { };

    /// <summary>Begins a row; its content goes into the answer.</summary>
    public BlobWriter BeginRow()
    {
        _start = _blobs.Length;
        return _blobs;
    }

    public void EndRow(Table table, long id)
    {
        _blobs.Fixed(Checksum.Bytes).Clear();
        _rows.Add(new(table, id, _start, _blobs.Length - _start));
    }

    /// <summary>Removes the rows from one key to another, both included.</summary>
    public void Remove(Table table, long from, long to) => _removals.Add(new(table, from, to));

    public void WriteTo(Store store)
    {
        foreach (var row in _rows)
        {
            store.Put(row.Table, row.Id, _blobs.Written.Slice(row.Start, row.Length));
        }
        foreach (var removal in _removals)
        {
            store.Delete(removal.Table, removal.From, removal.To);
        }
    }

    public void Dispose() => _blobs.Dispose();

    private readonly record struct Row(Table Table, long Id, int Start, int Length);

    private readonly record struct Range(Table Table, long From, long To);
}
