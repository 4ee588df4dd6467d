using System.Numerics;

namespace Scoring.Core.Populations;

/// <summary>Passes rows that have one value of an attribute.</summary>
internal sealed class EqualTest(AttributeColumn column, int value) : RowTest
{
    public AttributeColumn Column => column;

    public int Value => value;

    public override IReadOnlyList<EqualTest> Equalities => [this];

    public override void Keep(int chunk, Span<ulong> bits) => column.Keep(chunk, value, bits);
}

/// <summary>Passes rows by the value of an attribute, which is looked at once for all rows that have it.</summary>
/// <param name="column">The attribute.</param>
/// <param name="passes">Whether a value passes.</param>
internal sealed class ValueTest(AttributeColumn column, Func<string, bool> passes) : RowTest
{
    private const byte Passes = 1;
    private const byte Fails = 2;

    // By number of the value; 0 for those not looked at yet.
    private readonly byte[] _verdicts = new byte[column.Values.End];

    protected override int Cost => 3;

    public override void Keep(int chunk, Span<ulong> bits)
    {
        foreach (var row in RowsOf(chunk, bits, stackalloc int[Words * 64]))
        {
            var number = column.NumberOf(row);
            if (_verdicts[number] == 0)
            {
                _verdicts[number] = number > 0 && passes(column.Values[number]!) ? Passes : Fails;
            }
            if (_verdicts[number] == Fails)
            {
                bits[row / 64 % Words] &= ~(1UL << (row % 64));
            }
        }
    }
}

/// <summary>Passes rows that are named.</summary>
internal sealed class NamedRowsTest : RowTest
{
    private readonly ulong[] _named;

    /// <param name="named">The rows that pass.</param>
    /// <param name="count">How many rows there are.</param>
    public NamedRowsTest(IEnumerable<int> named, int count)
    {
        _named = new ulong[(count / 64 / Words * Words) + Words];
        foreach (var row in named)
        {
            _named[row / 64] |= 1UL << (row % 64);
        }
    }

    public override void Keep(int chunk, Span<ulong> bits)
    {
        var named = _named.AsSpan(chunk * Words, Words);
        for (var i = 0; i < Words; i++)
        {
            bits[i] &= named[i];
        }
    }
}

/// <summary>Passes rows one by one.</summary>
/// <param name="passes">Whether a row passes.</param>
/// <param name="facts">The facts that it looks at, which are asked for ahead; null where it looks at none.</param>
/// <param name="cost">Roughly how long it takes, in nanoseconds.</param>
internal sealed class EachRowTest(Func<int, bool> passes, FactsTable? facts, int cost) : RowTest
{
    protected override int Cost => cost;

    public override void Keep(int chunk, Span<ulong> bits)
    {
        var rows = RowsOf(chunk, bits, stackalloc int[Words * 64]);
        for (var i = 0; i < rows.Length; i++)
        {
            facts?.PrefetchAhead(rows, i);
            if (!passes(rows[i]))
            {
                bits[rows[i] / 64 % Words] &= ~(1UL << (rows[i] % 64));
            }
        }
    }
}

/// <summary>Passes rows by their score.</summary>
/// <param name="scores">The scores.</param>
/// <param name="passes">Whether a score passes.</param>
internal sealed class ScoreTest(RowScores scores, Func<double, bool> passes) : RowTest
{
    protected override int Cost => 10;

    public override void Keep(int chunk, Span<ulong> bits)
    {
        Span<double> some = stackalloc double[64];
        for (var word = 0; word < Words; word++)
        {
            if (bits[word] == 0)
            {
                continue;
            }
            scores.Fill(((chunk * Words) + word) * 64, bits[word], some);
            for (var rest = bits[word]; rest != 0; rest &= rest - 1)
            {
                var row = BitOperations.TrailingZeroCount(rest);
                if (!passes(some[row]))
                {
                    bits[word] &= ~(1UL << row);
                }
            }
        }
    }
}
