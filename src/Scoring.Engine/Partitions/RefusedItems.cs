using Scoring.Engine.Storage;

namespace Scoring.Engine.Partitions;

/// <summary>Which items of the entries behind a checkpoint were refused for a limit, as far as rows of the checkpoint may contain these entries.</summary>
/// <remarks>
/// Rows are written while entries go on being applied. A replay of these entries finds rows that are ahead of it, so it cannot decide by what
/// there is at the moment; it repeats what was decided. Behind them it has exactly what the running server had, and decides as that did.
/// A refused item takes a bit, and so does each item before it in the same entry.
/// </remarks>
internal sealed class RefusedItems
{
    private const int ByteBits = 8;
    private readonly Dictionary<long, byte[]> _entries = [];

    /// <summary>Notes an item.</summary>
    /// <param name="entry">Number of its entry.</param>
    /// <param name="item">Its place among all items of the entry, from 0.</param>
    public void Add(long entry, int item)
    {
        var bits = _entries.GetValueOrDefault(entry, []);
        var at = item / ByteBits;
        if (at >= bits.Length)
        {
            Array.Resize(ref bits, Math.Max(at + 1, bits.Length * 2));
            _entries[entry] = bits;
        }
        bits[at] |= (byte)(1 << (item % ByteBits));
    }

    /// <summary>Whether an item was refused.</summary>
    public bool Contain(long entry, int item) =>
        _entries.TryGetValue(entry, out var bits)
        && item / ByteBits < bits.Length
        && (bits[item / ByteBits] & (1 << (item % ByteBits))) != 0;

    /// <summary>Those of the entries up to one.</summary>
    public RefusedItems UpTo(long entry)
    {
        var some = new RefusedItems();
        foreach (var (number, bits) in _entries.Where(e => e.Key <= entry))
        {
            some._entries.Add(number, bits);
        }
        return some;
    }

    public void Write(BlobWriter target)
    {
        target.Int32(_entries.Count);
        foreach (var (entry, bits) in _entries)
        {
            target.Int64(entry);
            target.Int32(bits.Length);
            target.Bytes(bits);
        }
    }

    public static RefusedItems Read(ref BlobReader reader)
    {
        var items = new RefusedItems();
        for (var left = reader.Int32(); left > 0; left--)
        {
            items._entries.Add(reader.Int64(), reader.Bytes(reader.Int32()).ToArray());
        }
        return items;
    }
}

/// <summary>What was decided of the entries that rows of the store may contain, so that a replay need not decide it.</summary>
/// <param name="Last">The last of these entries.</param>
/// <param name="Refused">What was refused in them for a limit; all else was not.</param>
internal sealed record DecidedEntries(long Last, RefusedItems Refused)
{
    /// <summary>Whether an entry is one of them.</summary>
    public bool Cover(long entry) => entry <= Last;

    /// <summary>Whether an item of such an entry was refused.</summary>
    public bool WasRefused(long entry, int item) => Refused.Contain(entry, item);
}
