using System.Buffers;
using System.Buffers.Binary;
using Scoring.Engine.Partitions;

namespace Scoring.Engine.Journal;

/// <summary>The bytes of one group commit, in a pooled buffer that goes back once all its entries are applied.</summary>
internal sealed class JournalFrame : IDisposable
{
    /// <summary>Bytes before the commands of an entry: partition (2), length (4), number (8), mark of an earlier entry: number (8), digest (8).</summary>
    public const int EntryHeaderBytes = LengthAt + sizeof(int) + (3 * sizeof(long));

    private const int LengthAt = sizeof(ushort);

    private const int LargestPooled = 16 << 20;
    private const int PooledOfEachSize = 16;

    // Buffers go from the journal's thread to those of the partitions; a pool that keeps some for each thread would run dry.
    private static readonly ArrayPool<byte> Pool = ArrayPool<byte>.Create(LargestPooled, PooledOfEachSize);
    private readonly List<JournalEntry> _entries = [];
    private byte[] _buffer;
    private int _holders = 1;

    /// <param name="capacity">Most bytes of entries and their headers.</param>
    public JournalFrame(long capacity)
    {
        _buffer = Pool.Rent(checked((int)FrameHeader.Blocks(FrameHeader.Bytes + capacity)));
        Length = FrameHeader.Bytes;
    }

    public IReadOnlyList<JournalEntry> Entries => _entries;

    /// <summary>Bytes of the header and the entries.</summary>
    public int Length { get; private set; }

    /// <summary>Bytes that it takes up in the journal.</summary>
    public long BlockBytes => FrameHeader.Blocks(Length);

    /// <summary>Begins an entry; what is added next belongs to it.</summary>
    /// <param name="partition">The partition.</param>
    /// <param name="number">The entry's number in it.</param>
    /// <param name="applied">The mark of the newest entry that was applied there when this one was written.</param>
    public JournalEntry Begin(int partition, long number, OutcomeMark applied)
    {
        var header = _buffer.AsSpan(Length, EntryHeaderBytes);
        BinaryPrimitives.WriteUInt16LittleEndian(header, checked((ushort)partition));
        BinaryPrimitives.WriteInt64LittleEndian(header[6..], number);
        BinaryPrimitives.WriteInt64LittleEndian(header[14..], applied.Entry);
        BinaryPrimitives.WriteUInt64LittleEndian(header[22..], applied.Digest);
        Length += EntryHeaderBytes;
        var entry = new JournalEntry(this, partition, number, Length);
        _entries.Add(entry);
        _holders++;
        return entry;
    }

    /// <summary>Adds a command to an entry, which is the one begun last.</summary>
    public void Add(JournalEntry entry, WritePart part)
    {
        Length += part.ToCommand().Write(_buffer.AsSpan(Length));
        entry.Add(part, Length);
        BinaryPrimitives.WriteInt32LittleEndian(
            _buffer.AsSpan(entry.Start - EntryHeaderBytes + LengthAt),
            Length - entry.Start
        );
    }

    /// <summary>Fills in the header; gives the bytes to be written, which are whole blocks, and the link to the frame.</summary>
    public ReadOnlySpan<byte> Seal(long sequence, ulong previous, long identity, out FrameLink link)
    {
        link = FrameHeader.Seal(_buffer.AsSpan(0, Length), sequence, previous, identity);
        var blocks = _buffer.AsSpan(0, (int)BlockBytes);
        blocks[Length..].Clear();
        return blocks;
    }

    /// <summary>Bytes of an entry.</summary>
    public ReadOnlySpan<byte> Slice(int start, int length) => _buffer.AsSpan(start, length);

    /// <summary>Gives up one hold on the buffer; whoever composed the frame has one, and each entry.</summary>
    public void Dispose()
    {
        if (Interlocked.Decrement(ref _holders) == 0)
        {
            Pool.Return(_buffer);
            _buffer = [];
        }
    }
}
