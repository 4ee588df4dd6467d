using System.Runtime.Intrinsics;

namespace Scoring.Core.Populations;

/// <summary>The values of one attribute: each different value has a number, each row the number of its value, 0 for none.</summary>
/// <remarks>
/// A row takes one byte while there are at most 255 values, which is what segments are made of, then two, then four. A filter
/// compares a whole vector of rows at a time.
/// </remarks>
internal sealed class AttributeColumn
{
    private readonly Dictionary<string, int> _numbers = new() { [""] = 0 };
    private readonly List<string> _values = [""];
    private Column<byte>? _bytes = new();
    private Column<ushort>? _words;
    private Column<int>? _wide;
    private int _rows;

    /// <summary>The number of a value; null when no row has it.</summary>
    public int? Find(string value) => value.Length > 0 && _numbers.TryGetValue(value, out var number) ? number : null;

    /// <summary>The value of a row; empty for none.</summary>
    public string Get(int row) => row >= _rows ? "" : _values[_bytes?[row] ?? _words?[row] ?? _wide![row]];

    /// <summary>Sets the value of a row.</summary>
    public void Set(int row, string value)
    {
        if (!_numbers.TryGetValue(value, out var number))
        {
            number = _values.Count;
            _numbers[value] = number;
            _values.Add(value);
            Widen(number);
        }
        _rows = Math.Max(_rows, row + 1);
        if (_bytes is not null)
        {
            _bytes.EnsureRows(_rows);
            _bytes[row] = (byte)number;
        }
        else if (_words is not null)
        {
            _words.EnsureRows(_rows);
            _words[row] = (ushort)number;
        }
        else
        {
            _wide!.EnsureRows(_rows);
            _wide[row] = number;
        }
    }

    /// <summary>Clears the bits of the rows of one chunk that have another value; bit i of the words is row i of the chunk.</summary>
    public void Keep(int chunk, int value, Span<ulong> bits)
    {
        if (_bytes is not null)
        {
            KeepEqual(_bytes, chunk, (byte)value, bits);
        }
        else if (_words is not null)
        {
            KeepEqual(_words, chunk, (ushort)value, bits);
        }
        else
        {
            KeepEqual(_wide!, chunk, value, bits);
        }
    }

    private static void KeepEqual<T>(Column<T> column, int chunk, T value, Span<ulong> bits)
        where T : unmanaged, IEquatable<T>
    {
        ReadOnlySpan<T> rows = chunk < column.Chunks ? column.Chunk(chunk) : [];
        var wanted = Vector256.Create(value);
        for (var word = 0; word < bits.Length; word++)
        {
            var first = word * 64;
            if (bits[word] == 0)
            {
                continue;
            }
            if (first + 64 > rows.Length)
            {
                bits[word] &= EqualBits(rows[Math.Min(first, rows.Length)..], value);
                continue;
            }
            var equal = 0UL;
            for (var at = 0; at < 64; at += Vector256<T>.Count)
            {
                var vector = Vector256.Create(rows.Slice(first + at, Vector256<T>.Count));
                equal |= (ulong)Vector256.Equals(vector, wanted).ExtractMostSignificantBits() << at;
            }
            bits[word] &= equal;
        }
    }

    private static ulong EqualBits<T>(ReadOnlySpan<T> rows, T value)
        where T : IEquatable<T>
    {
        var equal = 0UL;
        for (var i = 0; i < rows.Length; i++)
        {
            equal |= rows[i].Equals(value) ? 1UL << i : 0;
        }
        return equal;
    }

    private void Widen(int number)
    {
        if (_bytes is not null && number > byte.MaxValue)
        {
            _words = new Column<ushort>();
            Copy(_bytes, _words, value => value);
            _bytes = null;
        }
        if (_words is not null && number > ushort.MaxValue)
        {
            _wide = new Column<int>();
            Copy(_words, _wide, value => value);
            _words = null;
        }
    }

    private void Copy<TFrom, TTo>(Column<TFrom> from, Column<TTo> to, Func<TFrom, TTo> widen)
        where TFrom : unmanaged
        where TTo : unmanaged
    {
        to.EnsureRows(_rows);
        for (var row = 0; row < _rows; row++)
        {
            to[row] = widen(from[row]);
        }
    }
}
