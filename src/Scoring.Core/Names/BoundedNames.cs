using System.Text;
using Scoring.Core.Facts;

namespace Scoring.Core.Names;

/// <summary>The event types, or the features, of a population: how many there are beside those that have room always, and when each was last received.</summary>
/// <param name="table">Their numbers.</param>
internal sealed class BoundedNames(SymbolTable table)
{
    private const int Unknown = -1;
    private readonly List<int> _lastDays = [];
    private HashSet<string> _reserved = new(StringComparer.Ordinal);
    private SymbolTable _table = table;

    /// <summary>Names that no model or setting uses.</summary>
    public int Unreserved { get; private set; }

    /// <summary>The names that have room always, whether there are any such events or not.</summary>
    public IReadOnlyCollection<string> Reserved
    {
        get => _reserved;
        set
        {
            _reserved = new(value, StringComparer.Ordinal);
            Recount();
        }
    }

    /// <summary>Whether a name that has no number may be given one.</summary>
    public bool HasRoomFor(ReadOnlySpan<byte> name, int most) =>
        Unreserved < most || _reserved.Contains(Encoding.UTF8.GetString(name));

    /// <summary>Takes in a name that was given a number.</summary>
    public void Added(int number)
    {
        while (_lastDays.Count <= number)
        {
            _lastDays.Add(Unknown);
        }
        _lastDays[number] = Unknown;
        Unreserved += _reserved.Contains(_table[number]) ? 0 : 1;
    }

    /// <summary>Notes that a name was received on a UTC day; false when that was known.</summary>
    public bool Use(int number, int day)
    {
        if (_lastDays[number] >= day)
        {
            return false;
        }
        _lastDays[number] = day;
        return true;
    }

    /// <summary>The UTC day that a name was last received on; null when that is not known.</summary>
    public int? LastDayOf(int number) => _lastDays[number] == Unknown ? null : _lastDays[number];

    /// <summary>Goes on with a table without some names.</summary>
    public SymbolTable Remove(IReadOnlySet<int> numbers)
    {
        _table = _table.Without(numbers);
        Recount();
        return _table;
    }

    private void Recount() => Unreserved = _table.Names.Count(name => !_reserved.Contains(name));
}
