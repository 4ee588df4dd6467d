using System.Runtime.InteropServices;
using Scoring.Core.Memory;
using Scoring.Engine.Storage;

namespace Scoring.Engine.Duplicates;

/// <summary>A run of consecutive event ids, filled from the front. What is filled never changes, so it can be read while more is added.</summary>
internal sealed class WindowBlock
{
    /// <summary>Ids of one block; block n holds the ordinals from n x Capacity.</summary>
    public const int Capacity = 4_096;

    private const int EntryBytes = 32;
    private readonly NativeArray<RememberedEvent> _events = new(Capacity);

    public ref RememberedEvent this[int place] => ref _events[place];

    /// <summary>Gives the memory back; the block is void.</summary>
    public void Free() => _events.Free();

    /// <summary>Writes the first entries of the block; they lie in memory as they are stored.</summary>
    public void Write(int count, BlobWriter target)
    {
        target.Bytes(MemoryMarshal.AsBytes(_events.Slice(0, count)));
        // The window may have let go of it.
        GC.KeepAlive(this);
    }

    /// <summary>Reads a block; gives the number of entries it has.</summary>
    public static WindowBlock Read(ReadOnlySpan<byte> content, out int count)
    {
        count = content.Length / EntryBytes;
        if (count * EntryBytes != content.Length || count > Capacity)
        {
            throw new InvalidDataException("A block of event ids has a wrong length.");
        }
        var block = new WindowBlock();
        MemoryMarshal.Cast<byte, RememberedEvent>(content).CopyTo(block._events.Slice(0, count));
        return block;
    }
}
