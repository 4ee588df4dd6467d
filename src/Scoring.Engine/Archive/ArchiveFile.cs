using Scoring.Core.Time;
using Scoring.Engine.Storage;

namespace Scoring.Engine.Archive;

/// <summary>A file of the archive, as the partition's state names it: what one workspace of one partition took in between two entries of the journal.</summary>
/// <param name="Number">Number of the blob.</param>
/// <param name="Workspace">Number of the workspace.</param>
/// <param name="Level">How far its records were merged: 0 for what a checkpoint wrote, more for what was merged of lower ones; up to 255.</param>
/// <param name="Bytes">Its length.</param>
/// <param name="IndexAt">Where its index begins, behind the last chunk.</param>
/// <param name="IndexChecksum">What the index is checked by.</param>
/// <param name="Events">Events in it.</param>
/// <param name="Changes">Changes in it.</param>
/// <param name="AfterEntry">The entry of the partition behind which its records begin.</param>
/// <param name="LastEntry">The last entry whose records it holds.</param>
/// <param name="FirstReceipt">None of its records was received before; events say whole seconds, rounded up.</param>
/// <param name="LastReceipt">None of its records was received after that.</param>
internal sealed record ArchiveFile(
    long Number,
    int Workspace,
    int Level,
    long Bytes,
    long IndexAt,
    ulong IndexChecksum,
    long Events,
    long Changes,
    long AfterEntry,
    long LastEntry,
    Instant FirstReceipt,
    Instant LastReceipt
)
{
    public void Write(BlobWriter target)
    {
        target.Int64(Number);
        target.UInt16(Workspace);
        target.Byte(checked((byte)Level));
        target.Int64(Bytes);
        target.Int64(IndexAt);
        target.Int64(unchecked((long)IndexChecksum));
        target.Int64(Events);
        target.Int64(Changes);
        target.Int64(AfterEntry);
        target.Int64(LastEntry);
        target.Int64(FirstReceipt.Ticks);
        target.Int64(LastReceipt.Ticks);
    }

    public static ArchiveFile Read(ref BlobReader reader) =>
        new(
            reader.Int64(),
            reader.UInt16(),
            reader.Byte(),
            reader.Int64(),
            reader.Int64(),
            unchecked((ulong)reader.Int64()),
            reader.Int64(),
            reader.Int64(),
            reader.Int64(),
            reader.Int64(),
            new(reader.Int64()),
            new(reader.Int64())
        );
}
