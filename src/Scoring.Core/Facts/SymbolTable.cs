using System.Text;

namespace Scoring.Core.Facts;

/// <summary>Names as small numbers: event types or features. Numbers rise from 0 and never change.</summary>
public sealed class SymbolTable
{
    private readonly Dictionary<byte[], int> _numbers = new(Utf8Comparer.Instance);
    private readonly Dictionary<byte[], int>.AlternateLookup<ReadOnlySpan<byte>> _byUtf8;
    private readonly List<string> _names = [];

    /// <summary>An empty table.</summary>
    public SymbolTable() => _byUtf8 = _numbers.GetAlternateLookup<ReadOnlySpan<byte>>();

    /// <summary>Number of names.</summary>
    public int Count => _names.Count;

    /// <summary>All names, by number.</summary>
    public IReadOnlyList<string> Names => _names;

    /// <summary>The name of a number.</summary>
    public string this[int number] => _names[number];

    /// <summary>The number of a name; -1 when it has none.</summary>
    public int Find(ReadOnlySpan<byte> name) => _byUtf8.TryGetValue(name, out var number) ? number : -1;

    /// <summary>The number of a name, given one now if it had none.</summary>
    public int Intern(ReadOnlySpan<byte> name)
    {
        if (!_byUtf8.TryGetValue(name, out var number))
        {
            number = _names.Count;
            _byUtf8[name] = number;
            _names.Add(Encoding.UTF8.GetString(name));
        }
        return number;
    }

    /// <summary>The number of a name, given one now if it had none.</summary>
    public int Intern(string name) => Intern(Encoding.UTF8.GetBytes(name));
}
