using Scoring.Core.Memory;

namespace Scoring.Core.Populations;

/// <summary>The values of one attribute: each different value has a number, each row the number of its value, 0 for none.</summary>
/// <remarks>
/// A row takes one byte while there are at most 255 values, which is what segments are made of, and four once there were more at once. A filter
/// compares a whole vector of rows at a time.
/// </remarks>
/// <param name="number">Number of the attribute.</param>
internal sealed class AttributeColumn(int number)
{
    private Column<byte>? _narrow = new();
    private Column<int>? _wide;
    private int _rows;

    /// <summary>Number of the attribute.</summary>
    public int Number => number;

    /// <summary>Rows that have a value.</summary>
    public int Holders { get; private set; }

    /// <summary>The UTC day that a value was last set on; -1 when that is not known.</summary>
    public int LastDay { get; set; } = -1;

    /// <summary>Whether there are so few values that a row takes one byte.</summary>
    public bool IsNarrow => _narrow is not null;

    /// <summary>The values that rows have.</summary>
    public AttributeValues Values { get; } = new();

    /// <summary>The number of a value; null when no row has it.</summary>
    public int? Find(string value) => Values.Find(value) is var ofValue and > 0 ? ofValue : null;

    /// <summary>The value of a row; empty for none.</summary>
    public string Get(int row) => Values[NumberOf(row)]!;

    /// <summary>The number of a row's value; 0 for none.</summary>
    public int NumberOf(int row) => row >= _rows ? 0 : _narrow?[row] ?? _wide![row];

    /// <summary>Sets the value of a row; empty for none.</summary>
    public void Set(int row, string value)
    {
        if (TrySet(row, value))
        {
            return;
        }
        // First, so that the number may serve anew: a row whose value keeps changing takes no more memory.
        Set(row, 0);
        var ofValue = Values.Add(value);
        Widen(ofValue);
        Set(row, ofValue);
    }

    /// <summary>Sets the value of a row; false when some row must have it before, for which it takes a string.</summary>
    public bool TrySet(int row, ReadOnlySpan<char> value)
    {
        var ofValue = Values.Find(value);
        if (ofValue == 0 && !value.IsEmpty)
        {
            return false;
        }
        Set(row, ofValue);
        return true;
    }

    private void Set(int row, int ofValue)
    {
        var before = NumberOf(row);
        if (before == ofValue)
        {
            return;
        }
        if (before > 0)
        {
            Values.Release(before);
            Holders--;
        }
        if (ofValue > 0)
        {
            Values.Hold(ofValue);
            Holders++;
        }
        _rows = Math.Max(_rows, row + 1);
        if (_narrow is not null)
        {
            _narrow.EnsureRows(_rows);
            _narrow[row] = (byte)ofValue;
        }
        else
        {
            _wide!.EnsureRows(_rows);
            _wide[row] = ofValue;
        }
    }

    /// <summary>Clears the bits of the rows of one chunk that have another value; bit i of the words is row i of the chunk.</summary>
    public void Keep(int chunk, int value, Span<ulong> bits)
    {
        if (_narrow is not null)
        {
            RowTest.KeepEqual(_narrow, chunk, (byte)value, bits);
        }
        else
        {
            RowTest.KeepEqual(_wide!, chunk, value, bits);
        }
    }

    private void Widen(int greatest)
    {
        if (_narrow is null || greatest <= byte.MaxValue)
        {
            return;
        }
        _wide = new Column<int>();
        _wide.EnsureRows(_rows);
        for (var row = 0; row < _rows; row++)
        {
            _wide[row] = _narrow[row];
        }
        _narrow = null;
    }
}
