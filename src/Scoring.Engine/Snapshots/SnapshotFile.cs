using Scoring.Engine.Journal;
using Scoring.Engine.Storage;

namespace Scoring.Engine.Snapshots;

/// <summary>A blob that a checkpoint of one partition wrote and that is needed, as the partition's state names it.</summary>
/// <param name="Number">Its number; a later blob of the partition has a larger one.</param>
/// <param name="Kind">What is in it.</param>
/// <param name="Bytes">Its length.</param>
/// <param name="Last">Its last frame, which every byte before it goes into by way of the chain.</param>
/// <param name="FirstBlock">Of event ids, the number of the first block; otherwise 0.</param>
internal sealed record SnapshotFile(long Number, SnapshotKind Kind, long Bytes, FrameLink Last, long FirstBlock)
{
    public bool HoldsRows => Kind != SnapshotKind.EventIds;

    public void Write(BlobWriter target)
    {
        target.Int64(Number);
        target.Byte((byte)Kind);
        target.Int64(Bytes);
        target.Int64(Last.Sequence);
        target.Int64(unchecked((long)Last.Checksum));
        target.Int64(FirstBlock);
    }

    public static SnapshotFile Read(ref BlobReader reader) =>
        new(
            reader.Int64(),
            (SnapshotKind)reader.Byte(),
            reader.Int64(),
            new(reader.Int64(), unchecked((ulong)reader.Int64())),
            reader.Int64()
        );
}
