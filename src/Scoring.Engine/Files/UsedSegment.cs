using Scoring.Engine.Journal;

namespace Scoring.Engine.Files;

/// <summary>A segment that holds frames which may be needed.</summary>
/// <param name="segment">The file.</param>
/// <param name="before">The frame before its first.</param>
/// <param name="partitions">How many partitions there are.</param>
internal sealed class UsedSegment(JournalSegment segment, FrameLink before, int partitions)
{
    private readonly long[] _newest = new long[partitions];

    public JournalSegment Segment { get; } = segment;

    /// <summary>The frame before its first.</summary>
    public FrameLink Before { get; } = before;

    /// <summary>Whether no frame goes into it any more, and it is not to be used again: what stands in it is to be erased.</summary>
    public bool IsToBeErased { get; set; }

    /// <summary>Where the next frame goes.</summary>
    public long Position { get; set; }

    /// <summary>Notes an entry that stands in it.</summary>
    public void Note(int partition, long entry) => _newest[partition] = Math.Max(_newest[partition], entry);

    /// <summary>Number of the newest entry of a partition that stands in it; 0 for none.</summary>
    public long NewestOf(int partition) => _newest[partition];

    /// <summary>Whether checkpoints contain all entries.</summary>
    public bool IsContainedIn(Func<int, long> checkpointed)
    {
        for (var partition = 0; partition < _newest.Length; partition++)
        {
            if (_newest[partition] > checkpointed(partition))
            {
                return false;
            }
        }
        return true;
    }
}
