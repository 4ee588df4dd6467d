using System.Buffers;
using Scoring.Engine.Partitions;
using Scoring.Engine.Snapshots;

namespace Scoring.Engine.Checkpoints;

/// <summary>The customers, or the accounts, of one workspace that a checkpoint of a partition writes. Guarded by the partition's gate.</summary>
/// <param name="workspace">The workspace's number.</param>
/// <param name="kind">Which of them.</param>
/// <param name="count">How many rows there were when the checkpoint began; later ones belong to the next.</param>
/// <param name="dirty">Those that changed since they were last written.</param>
/// <param name="write">Writes a row.</param>
internal sealed class CheckpointRows(
    int workspace,
    RowKind kind,
    int count,
    DirtyRows dirty,
    Action<int, IBufferWriter<byte>> write
)
{
    private readonly DirtyRows _taken = new();

    public int Workspace => workspace;

    public RowKind Kind => kind;

    public int Count => count;

    public int DirtyCount => dirty.Count();

    /// <summary>Finds the first row to be written from one on, and takes its mark; -1 when there is none.</summary>
    public int Take(int from, bool everyone)
    {
        var row = dirty.Take(from, everyone ? Math.Min(from + 1, count) : count);
        if (row >= 0)
        {
            _taken.Mark(row);
            return row;
        }
        return everyone && from < count ? from : -1;
    }

    public void Write(int row, IBufferWriter<byte> target) => write(row, target);

    /// <summary>Marks again what was taken.</summary>
    public void Restore() => dirty.Mark(_taken);
}
