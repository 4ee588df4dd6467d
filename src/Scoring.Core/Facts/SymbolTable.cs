using System.Buffers.Binary;
using System.Text;
using Scoring.Core.Populations;

namespace Scoring.Core.Facts;

/// <summary>Names as small numbers: event types or features. Numbers rise from 0 and never change.</summary>
public sealed class SymbolTable
{
    private const int RecentBits = 6;
    private const int RecentNames = 1 << RecentBits;
    private readonly IdTable _table = new();
    private readonly List<string> _names = [];
    private readonly Recent[] _recent = new Recent[RecentNames];

    /// <summary>Number of names.</summary>
    public int Count => _names.Count;

    /// <summary>All names, by number.</summary>
    public IReadOnlyList<string> Names => _names;

    /// <summary>The name of a number.</summary>
    public string this[int number] => _names[number];

    /// <summary>The name of a number in UTF-8.</summary>
    public ReadOnlySpan<byte> Utf8(int number) => _table[number];

    /// <summary>The number of a name; -1 when it has none.</summary>
    public int Find(ReadOnlySpan<byte> name) => _table.Find(name);

    /// <summary>The same, faster where few names are looked up again and again. Not for several threads at once.</summary>
    internal int FindOften(ReadOnlySpan<byte> name)
    {
        var start = StartOf(name);
        ref var recent = ref _recent[(start ^ (ulong)name.Length) * 0x9E3779B97F4A7C15 >> (64 - RecentBits)];
        // What is no longer than its start needs no second look.
        if (
            recent.Start == start
            && recent.Length == name.Length
            && (name.Length <= sizeof(ulong) || _table[recent.Number].SequenceEqual(name))
        )
        {
            return recent.Number;
        }
        var number = _table.Find(name);
        if (number >= 0)
        {
            recent = new(start, name.Length, number);
        }
        return number;
    }

    /// <summary>The number of a name; -1 when it has none.</summary>
    public int Find(string name) => _table.Find(Encoding.UTF8.GetBytes(name));

    /// <summary>The number of a name, given one now if it had none.</summary>
    public int Intern(ReadOnlySpan<byte> name)
    {
        var hash = TextHash.Of(name);
        var number = _table.Find(name, hash);
        if (number < 0)
        {
            number = _table.Add(name, hash);
            _names.Add(Encoding.UTF8.GetString(name));
        }
        return number;
    }

    /// <summary>The same, faster where few names are looked up again and again. Not for several threads at once.</summary>
    internal int InternOften(ReadOnlySpan<byte> name) =>
        !name.IsEmpty && FindOften(name) is var number and >= 0 ? number : Intern(name);

    /// <summary>The number of a name, given one now if it had none.</summary>
    public int Intern(string name) => Intern(Encoding.UTF8.GetBytes(name));

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
