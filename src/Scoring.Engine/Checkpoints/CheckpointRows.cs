using System.Buffers;
using Scoring.Engine.Partitions;
using Scoring.Engine.Snapshots;

namespace Scoring.Engine.Checkpoints;

/// <summary>The customers, or the accounts, of one workspace that a checkpoint of a partition writes. Guarded by the partition's gate.</summary>
/// <param name="Workspace">The workspace's number.</param>
/// <param name="Kind">Which of them.</param>
/// <param name="Count">How many rows there were when the checkpoint began; later ones belong to the next.</param>
/// <param name="Dirty">Those that changed since they were last written.</param>
/// <param name="Write">Writes a row.</param>
internal sealed record CheckpointRows(
    int Workspace,
    RowKind Kind,
    int Count,
    DirtyRows Dirty,
    Action<int, IBufferWriter<byte>> Write
)
{
    private readonly DirtyRows _taken = new();

    public int DirtyCount => Dirty.Count();

    /// <summary>Finds the first row to be written from one on, and takes its mark; -1 when there is none.</summary>
    public int Take(int from, bool everyone)
    {
        var row = Dirty.Take(from, everyone ? Math.Min(from + 1, Count) : Count);
        if (row >= 0)
        {
            _taken.Mark(row);
            return row;
        }
        return everyone && from < Count ? from : -1;
    }

    /// <summary>Marks again what was taken.</summary>
    public void Restore() => Dirty.Mark(_taken);
}
