using System.Buffers;
using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text;
using Scoring.Core.Accounts;
using Scoring.Core.Serialization;
using Scoring.Core.Time;

namespace Scoring.Core.Listing;

/// <summary>Customers or accounts in order, of which as much is sorted as was read.</summary>
/// <remarks>
/// Each takes 16 bytes and its id. Sorting goes on where it ended, by the incremental quicksort of Navarro and Paredes (On Sorting, Heaps, and Minimum
/// Spanning Trees, Algorithmica 57, 2010): the first k of n take n + k log k steps, all of them n log n. Not thread safe.
/// </remarks>
/// <param name="byId">Whether they are listed by their ids, rather than by a value that each has.</param>
/// <param name="falling">Whether the highest come first.</param>
public sealed class IdList(bool byId, bool falling)
{
    private const byte SentVersion = 1;
    private const int Few = 64;

    // Behind all values.
    private const ulong Absent = ulong.MaxValue;

    // Ends of runs that are not sorted in themselves, of which each has nothing before what follows it; the nearest on top.
    private readonly Stack<int> _ends = [];
    private Entry[] _entries = [];
    private byte[] _ids = [];
    private int _idBytes;
    private int _sorted;

    // Whatever comes behind it is not among the first of those to be kept.
    private ulong _last = ulong.MaxValue;

    /// <summary>Number of customers.</summary>
    public int Count { get; private set; }

    /// <summary>Customers that were left out since they are ahead.</summary>
    public long Ahead { get; internal set; }

    /// <summary>Customers that were found, those beyond the most that are kept included.</summary>
    public long Total { get; private set; }

    /// <summary>The newest event of the customers, where that lies after the instant of the list; otherwise an instant that is not after that.</summary>
    public Instant NewestEvent { get; private set; } = Instant.MinValue;

    /// <summary>What the list takes up.</summary>
    public long Bytes => (_entries.Length * (long)Entry.Bytes) + _ids.Length;

    /// <summary>Some customers from a place on.</summary>
    public string[] Page(int offset, int count)
    {
        var from = Math.Min(offset, Count);
        var to = Math.Min((long)from + count, Count);
        SortTo((int)to);
        return [.. _entries[from..(int)to].Select(entry => Encoding.UTF8.GetString(IdOf(entry)))];
    }

    /// <summary>Adds the customers of another list of the same order, which is void from then on.</summary>
    public void Take(IdList other)
    {
        Note(other.Total, other.Ahead, other.NewestEvent);
        _sorted = 0;
        _ends.Clear();
        if (Count == 0)
        {
            (_entries, _ids, _idBytes, Count) = (other._entries, other._ids, other._idBytes, other.Count);
            return;
        }
        Reserve(other.Count, other._idBytes);
        foreach (var entry in other._entries.AsSpan(0, other.Count))
        {
            _entries[Count++] = entry with { At = entry.At + _idBytes };
        }
        other._ids.AsSpan(0, other._idBytes).CopyTo(_ids.AsSpan(_idBytes));
        _idBytes += other._idBytes;
    }

    /// <summary>Leaves the first customers only, and takes no more that could not be among as many.</summary>
    /// <param name="most">How many; the same each time.</param>
    public void Cut(int most)
    {
        if (Count <= most)
        {
            return;
        }
        PutFirst(most);
        var (entries, ids) = (_entries, _ids);
        (_entries, _ids, _idBytes, Count, _sorted) = (new Entry[most], [], 0, 0, 0);
        _ends.Clear();
        Reserve(0, entries.Take(most).Sum(entry => 1 + 1 + ids[entry.At]));
        _last = 0;
        foreach (var entry in entries.AsSpan(0, most))
        {
            _last = Math.Max(_last, entry.Key);
            Keep(entry.Key, ids.AsSpan(entry.At + 1, ids[entry.At] + 1));
        }
    }

    /// <summary>Writes the list, to be sent to where it is put together with others.</summary>
    public void Write(IBufferWriter<byte> target)
    {
        var writer = new RecordWriter(target);
        writer.Byte(SentVersion);
        writer.Int64(Total);
        writer.Int64(Ahead);
        writer.Int64(NewestEvent.Ticks);
        writer.Int32(Count);
        writer.Values<byte>(MemoryMarshal.AsBytes(_entries.AsSpan(0, Count)));
        writer.Values<byte>(_ids.AsSpan(0, _idBytes));
    }

    /// <summary>Reads a list.</summary>
    /// <exception cref="InvalidDataException">The bytes are not a list.</exception>
    public static IdList Read(ReadOnlySpan<byte> sent, bool byId, bool falling)
    {
        var reader = new RecordReader(sent);
        if (reader.Byte() is var version and not SentVersion)
        {
            throw new InvalidDataException($"A list was sent in version {version}; this program reads {SentVersion}.");
        }
        var list = new IdList(byId, falling);
        list.Note(reader.Int64(), reader.Int64(), new Instant(reader.Int64()));
        var count = reader.Int32();
        if (count < 0 || count * (long)Entry.Bytes > reader.Rest.Length)
        {
            throw new InvalidDataException("A list has more customers than bytes.");
        }
        list._entries = new Entry[count];
        reader.Values(MemoryMarshal.AsBytes(list._entries.AsSpan()));
        list._ids = reader.Rest.ToArray();
        (list.Count, list._idBytes) = (count, list._ids.Length);
        return list._entries.All(entry => list.Holds(entry))
            ? list
            : throw new InvalidDataException("A list has ids beyond its end.");
    }

    /// <summary>Adds an account, by what accounts are listed by.</summary>
    public void Add(AccountHealth account, AccountOrder order)
    {
        var id = Encoding.UTF8.GetBytes(account.AccountId);
        if (order == AccountOrder.Id)
        {
            Add(id);
            return;
        }
        Add(
            id,
            order switch
            {
                AccountOrder.Health => account.Score,
                AccountOrder.Seats => account.Breadth.Seats,
                _ => account.Customers,
            }
        );
    }

    /// <summary>Adds a customer of a list by id.</summary>
    internal void Add(ReadOnlySpan<byte> id)
    {
        Span<byte> first = stackalloc byte[sizeof(ulong)];
        first.Clear();
        id[..Math.Min(id.Length, first.Length)].CopyTo(first);
        Found(BinaryPrimitives.ReadUInt64BigEndian(first), id);
    }

    /// <summary>Adds a customer of a list by a number; null when it has none.</summary>
    internal void Add(ReadOnlySpan<byte> id, double? value)
    {
        if (value is not { } number)
        {
            FoundWithout(id);
            return;
        }
        // The bits of doubles are in their order, but those of negative ones in the reverse. -0 is not below 0.
        var bits = BitConverter.DoubleToInt64Bits(number + 0.0);
        Found((ulong)(bits < 0 ? ~bits : bits ^ long.MinValue), id);
    }

    /// <summary>Adds a customer of a list by an instant; <see cref="Instant.MinValue"/> when it has none.</summary>
    internal void Add(ReadOnlySpan<byte> id, Instant value)
    {
        if (value == Instant.MinValue)
        {
            FoundWithout(id);
            return;
        }
        Found((ulong)(value.Ticks ^ long.MinValue), id);
    }

    /// <summary>Makes room for customers.</summary>
    internal void Reserve(int customers, int idBytes)
    {
        if (Count + customers > _entries.Length)
        {
            Array.Resize(ref _entries, Math.Max(Count + customers, _entries.Length * 2));
        }
        if (_idBytes + idBytes > _ids.Length)
        {
            Array.Resize(
                ref _ids,
                (int)Math.Min(Array.MaxLength, Math.Max(_idBytes + (long)idBytes, _ids.Length * 2L))
            );
        }
    }

    internal void NoteNewest(Instant newest) => NewestEvent = Instant.Max(NewestEvent, newest);

    private void Note(long total, long ahead, Instant newest)
    {
        Total += total;
        Ahead += ahead;
        NoteNewest(newest);
    }

    private void Found(ulong key, ReadOnlySpan<byte> id) => FoundAt(falling ? ~key : key, id);

    private void FoundWithout(ReadOnlySpan<byte> id) => FoundAt(Absent, id);

    private void FoundAt(ulong key, ReadOnlySpan<byte> id)
    {
        Total++;
        if (key <= _last)
        {
            Reserve(1, 1 + id.Length);
            Keep(key, id);
        }
    }

    private void Keep(ulong key, ReadOnlySpan<byte> id)
    {
        _entries[Count++] = new(key, _idBytes);
        // An id has 1 to 256 bytes.
        _ids[_idBytes++] = (byte)(id.Length - 1);
        id.CopyTo(_ids.AsSpan(_idBytes));
        _idBytes += id.Length;
    }

    private bool Holds(Entry entry) =>
        entry.At >= 0 && entry.At < _idBytes && entry.At + 2 + _ids[entry.At] <= _idBytes;

    private ReadOnlySpan<byte> IdOf(Entry entry) => _ids.AsSpan(entry.At + 1, _ids[entry.At] + 1);

    /// <summary>Puts as many as that before all others, in no order.</summary>
    private void PutFirst(int most)
    {
        for (var (from, to) = (0, Count); to - from > 1; )
        {
            var middle = Divide(_entries.AsSpan(from, to - from)) + from;
            if (middle == most)
            {
                return;
            }
            (from, to) = middle < most ? (middle, to) : (from, middle);
        }
    }

    private void SortTo(int end)
    {
        while (_sorted < end)
        {
            var runEnd = _ends.Count > 0 ? _ends.Peek() : Count;
            if (runEnd - _sorted > Math.Max(Few, end - _sorted))
            {
                _ends.Push(Divide(_entries.AsSpan(_sorted, runEnd - _sorted)) + _sorted);
                continue;
            }
            _entries.AsSpan(_sorted, runEnd - _sorted).Sort(Compare);
            _sorted = runEnd;
            _ = _ends.TryPop(out _);
        }
    }

    /// <summary>Puts what comes before one of some entries before all others; gives how many those are, that one included, but never all.</summary>
    private int Divide(Span<Entry> entries)
    {
        // Not a fixed place: who knows it could choose ids that make every division useless.
        var place = Random.Shared.Next(entries.Length);
        var last = entries.Length - 1;
        (entries[place], entries[last]) = (entries[last], entries[place]);
        var pivot = entries[last];
        var before = 0;
        for (var i = 0; i < last; i++)
        {
            if (Compare(entries[i], pivot) < 0)
            {
                (entries[i], entries[before]) = (entries[before], entries[i]);
                before++;
            }
        }
        (entries[before], entries[last]) = (entries[last], entries[before]);
        return Math.Min(before + 1, last);
    }

    private int Compare(Entry one, Entry other)
    {
        if (one.Key != other.Key)
        {
            return one.Key < other.Key ? -1 : 1;
        }
        var ids = IdOf(one).SequenceCompareTo(IdOf(other));
        return falling && byId ? -ids : ids;
    }

    [StructLayout(LayoutKind.Sequential)]
    private readonly record struct Entry(ulong Key, int At)
    {
        public const int Bytes = 16;
    }
}
