using System.Text;
using Scoring.Core.Populations;

namespace Scoring.Core.Facts;

/// <summary>Names as small numbers: event types or features. Numbers rise from 0 and never change.</summary>
public sealed class SymbolTable
{
    private readonly IdTable _table = new();
    private readonly List<string> _names = [];

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

    /// <summary>The number of a name, given one now if it had none.</summary>
    public int Intern(string name) => Intern(Encoding.UTF8.GetBytes(name));
}
