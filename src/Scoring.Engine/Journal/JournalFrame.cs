using Scoring.Engine.Storage;

namespace Scoring.Engine.Journal;

/// <summary>The bytes of one group commit, in a pooled buffer that goes back once all its entries are applied.</summary>
public sealed class JournalFrame : IDisposable
{
    private readonly List<JournalEntry> _entries = [];
    private readonly BlobWriter.Shared _shared;
    private readonly byte[] _buffer;

    /// <param name="capacity">Most bytes of entries and their headers.</param>
    internal JournalFrame(long capacity)
    {
        _shared = new(checked((int)FrameHeader.Blocks(FrameHeader.Bytes + capacity)));
        _buffer = _shared.Buffer;
        Length = FrameHeader.Bytes;
    }

    /// <summary>The entries by partition, each partition's one behind the other as they are stored; until the frame is disposed of.</summary>
    public IEnumerable<FrameRow> Rows
    {
        get
        {
            for (var (first, next) = (0, 0); first < _entries.Count; first = next)
            {
                var entry = _entries[first];
                while (next < _entries.Count && _entries[next].Partition == entry.Partition)
                {
                    next++;
                }
                var start = entry.Start - EntryHeader.Bytes;
                var end = next < _entries.Count ? _entries[next].Start - EntryHeader.Bytes : Length;
                yield return new(entry.Partition, entry.Number, next - first, _buffer.AsMemory(start, end - start));
            }
        }
    }

    internal IReadOnlyList<JournalEntry> Entries => _entries;

    /// <summary>Bytes of the header and the entries.</summary>
    public int Length { get; private set; }

    /// <summary>Bytes that it takes up in the journal.</summary>
    internal long BlockBytes => FrameHeader.Blocks(Length);

    /// <summary>Begins an entry; what is added next belongs to it.</summary>
    /// <param name="partition">The partition.</param>
    /// <param name="number">The entry's number in it.</param>
    /// <param name="applied">The mark of the newest entry that was applied there when this one was written.</param>
    internal JournalEntry Begin(int partition, long number, OutcomeMark applied)
    {
        new EntryHeader(partition, Length: 0, number, applied).Write(_buffer.AsSpan(Length));
        Length += EntryHeader.Bytes;
        var entry = new JournalEntry(this, partition, number, Length);
        _entries.Add(entry);
        _shared.Hold();
        return entry;
    }

    /// <summary>Adds a command to an entry, which is the one begun last.</summary>
    internal void Add(JournalEntry entry, WritePart part)
    {
        Length += part.ToCommand().Write(_buffer.AsSpan(Length));
        entry.Add(part, Length);
        EntryHeader.WriteLength(_buffer.AsSpan(entry.Start - EntryHeader.Bytes), Length - entry.Start);
    }

    /// <summary>Fills in the header; gives the bytes to be written, which are whole blocks, and the link to the frame.</summary>
    internal ReadOnlySpan<byte> Seal(long sequence, ulong previous, long identity, out FrameLink link)
    {
        link = FrameHeader.Seal(_buffer.AsSpan(0, Length), sequence, previous, identity);
        var blocks = _buffer.AsSpan(0, (int)BlockBytes);
        blocks[Length..].Clear();
        return blocks;
    }

    /// <summary>Bytes of an entry.</summary>
    internal ReadOnlySpan<byte> Slice(int start, int length) => _buffer.AsSpan(start, length);

    /// <summary>Gives up one hold on the buffer; whoever composed the frame has one, and each entry.</summary>
    public void Dispose() => _shared.Release();
}
