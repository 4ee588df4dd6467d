namespace Scoring.Engine.Journal;

/// <summary>Turns the calls of a group into one frame: the parts of a partition stand together, in the order of the calls. One thread at a time.</summary>
/// <param name="partitions">How many partitions there are.</param>
/// <param name="applied">Gives the mark of the newest entry that was applied in a partition.</param>
internal sealed class FrameComposer(int partitions, Func<int, OutcomeMark> applied)
{
    private readonly List<WritePart>[] _parts = [.. Enumerable.Range(0, partitions).Select(_ => new List<WritePart>())];
    private readonly List<int> _touched = [];

    /// <param name="calls">The calls; their payloads are copied and can be released.</param>
    /// <param name="newest">Number of the newest entry of each partition; the frame's entries go on from there.</param>
    public JournalFrame Compose(List<WriteCall> calls, ReadOnlySpan<long> newest)
    {
        var bytes = 0L;
        foreach (var call in calls)
        {
            foreach (var part in call.Parts)
            {
                var parts = _parts[part.Partition];
                if (parts.Count == 0)
                {
                    _touched.Add(part.Partition);
                }
                parts.Add(part);
                bytes += EntryHeader.Bytes + part.Bytes;
            }
        }
        var frame = new JournalFrame(bytes);
        _touched.Sort();
        foreach (var partition in _touched)
        {
            AddEntries(frame, partition, newest[partition]);
            _parts[partition].Clear();
        }
        _touched.Clear();
        return frame;
    }

    private void AddEntries(JournalFrame frame, int partition, long newest)
    {
        JournalEntry? open = null;
        foreach (var part in _parts[partition])
        {
            if (open is null || open.IsFull)
            {
                open = frame.Begin(partition, ++newest, applied(partition));
            }
            frame.Add(open, part);
        }
    }
}
