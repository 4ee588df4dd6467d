using System.Buffers.Binary;
using System.Text;
using Scoring.Core.Memory;

namespace Scoring.Core.Facts;

/// <summary>Names as small numbers: event types or features. Numbers rise from 0 and never change; those of removed names are given again.</summary>
public sealed class SymbolTable
{
    private const int RecentBits = 6;
    private const int RecentNames = 1 << RecentBits;
    private readonly IdTable _table = new();
    private readonly List<string?> _names = [];

    // From places in the table to numbers and back.
    private readonly List<int> _numbers = [];
    private readonly List<int> _places = [];
    private readonly Stack<int> _free = [];
    private readonly Recent[] _recent = new Recent[RecentNames];
    private List<int> _new = [];

    /// <summary>One more than the largest number.</summary>
    public int Count => _names.Count;

    /// <summary>All names, by number.</summary>
    public IEnumerable<string> Names => _names.OfType<string>();

    /// <summary>Whether a number has a name.</summary>
    internal bool Has(int number) => _names[number] is not null;

    /// <summary>The name of a number.</summary>
    public string this[int number] => _names[number]!;

    /// <summary>The name of a number in UTF-8.</summary>
    public ReadOnlySpan<byte> Utf8(int number) => _table[_places[number]];

    /// <summary>The number of a name; -1 when it has none.</summary>
    public int Find(ReadOnlySpan<byte> name) => _table.Find(name) is var place and >= 0 ? _numbers[place] : -1;

    /// <summary>The same, faster where few names are looked up again and again. Not for several threads at once.</summary>
    internal int FindOften(ReadOnlySpan<byte> name)
    {
        var start = StartOf(name);
        ref var recent = ref _recent[(start ^ (ulong)name.Length) * 0x9E3779B97F4A7C15 >> (64 - RecentBits)];
        // What is no longer than its start needs no second look.
        if (
            recent.Start == start
            && recent.Length == name.Length
            && (name.Length <= sizeof(ulong) || Utf8(recent.Number).SequenceEqual(name))
        )
        {
            return recent.Number;
        }
        var number = Find(name);
        if (number >= 0)
        {
            recent = new(start, name.Length, number);
        }
        return number;
    }

    /// <summary>The number of a name; -1 when it has none.</summary>
    public int Find(string name) => Find(Encoding.UTF8.GetBytes(name));

    /// <summary>The number of a name, given one now if it had none.</summary>
    public int Intern(ReadOnlySpan<byte> name)
    {
        var hash = TextHash.Of(name);
        return _table.Find(name, hash) is var place and >= 0 ? _numbers[place] : Add(name, hash);
    }

    /// <summary>The numbers that were given to names since this was asked last.</summary>
    internal IReadOnlyList<int> TakeNew()
    {
        if (_new.Count == 0)
        {
            return [];
        }
        var numbers = _new;
        _new = [];
        return numbers;
    }

    /// <summary>A table without some names, in which the others keep their numbers. This one stays as it is, for those that still read by it.</summary>
    /// <param name="removed">The numbers of the names.</param>
    internal SymbolTable Without(IReadOnlySet<int> removed)
    {
        var rest = new SymbolTable();
        for (var number = 0; number < Count; number++)
        {
            if (_names[number] is null || removed.Contains(number))
            {
                rest._names.Add(null);
                rest._places.Add(-1);
                rest._free.Push(number);
            }
            else
            {
                rest._names.Add(_names[number]);
                rest._places.Add(rest._table.Add(Utf8(number), TextHash.Of(Utf8(number))));
                rest._numbers.Add(number);
            }
        }
        return rest;
    }

    /// <summary>The same, faster where few names are looked up again and again. Not for several threads at once.</summary>
    public int InternOften(ReadOnlySpan<byte> name) =>
        !name.IsEmpty && FindOften(name) is var number and >= 0 ? number : Intern(name);

    private int Add(ReadOnlySpan<byte> name, ulong hash)
    {
        if (!_free.TryPop(out var number))
        {
            number = Count;
            _names.Add(null);
            _places.Add(-1);
        }
        _names[number] = Encoding.UTF8.GetString(name);
        _places[number] = _table.Add(name, hash);
        _numbers.Add(number);
        _new.Add(number);
        return number;
    }

    /// <summary>The first eight bytes of a name, zeros behind a shorter one.</summary>
    private static ulong StartOf(ReadOnlySpan<byte> name)
    {
        if (name.Length >= sizeof(ulong))
        {
            return BinaryPrimitives.ReadUInt64LittleEndian(name);
        }
        var start = 0UL;
        for (var i = 0; i < name.Length; i++)
        {
            start |= (ulong)name[i] << (8 * i);
        }
        return start;
    }

    /// <summary>A name that was looked up. The default stands for no name: none is of length 0.</summary>
    private readonly record struct Recent(ulong Start, int Length, int Number);
}
