using Scoring.Engine.Journal;
using Scoring.Engine.Storage;

namespace Scoring.Engine.Files;

/// <summary>What was found in the files of the journal.</summary>
internal sealed class JournalContents(int partitions)
{
    /// <summary>The segments of the chain, oldest first; frames are appended to the last.</summary>
    public List<UsedSegment> Used { get; } = [];

    /// <summary>The other segments.</summary>
    public List<JournalSegment> Free { get; } = [];

    /// <summary>The frame before the chain.</summary>
    public FrameLink Start { get; init; }

    /// <summary>The last frame of the chain.</summary>
    public FrameLink Last { get; set; }

    /// <summary>The entries of each partition that no checkpoint contains, in order.</summary>
    public List<EntryPlace>[] Entries { get; } =
    [.. Enumerable.Range(0, partitions).Select(_ => new List<EntryPlace>())];

    /// <summary>Frames behind the end of the chain that a power failure left without those between; they are to be wiped.</summary>
    public List<(JournalSegment Segment, long Offset)> Strays { get; } = [];

    /// <summary>Makes what was read safe: that it could be read does not mean that it is on the disk. Strays are wiped.</summary>
    /// <exception cref="StoreFailure">The disk fails.</exception>
    public void Secure()
    {
        foreach (var (segment, offset) in Strays)
        {
            segment.Write(new byte[FrameHeader.BlockBytes], offset);
        }
        foreach (var segment in Used.Select(u => u.Segment).Concat(Strays.Select(s => s.Segment)).Distinct())
        {
            segment.Sync();
        }
        Strays.Clear();
    }

    /// <summary>Closes the files.</summary>
    public void Close()
    {
        Used.ForEach(u => u.Segment.Dispose());
        Free.ForEach(s => s.Dispose());
    }
}

/// <summary>Where the commands of an entry stand.</summary>
/// <param name="Segment">The file.</param>
/// <param name="Offset">Where in it.</param>
/// <param name="Length">Their bytes.</param>
/// <param name="Number">Number of the entry in its partition.</param>
/// <param name="Applied">The mark of the newest entry that was applied in the partition when this one was written.</param>
internal readonly record struct EntryPlace(
    JournalSegment Segment,
    long Offset,
    int Length,
    long Number,
    OutcomeMark Applied
);
