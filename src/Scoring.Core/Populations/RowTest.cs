using System.Numerics;
using System.Runtime.Intrinsics;
using Scoring.Core.Memory;

namespace Scoring.Core.Populations;

/// <summary>A condition in the numbers of one population: finds those of the rows of a chunk that meet it.</summary>
internal abstract class RowTest
{
    /// <summary>Words of bits for the rows of a chunk.</summary>
    public const int Words = Column<byte>.ChunkRows / WordRows;

    private const int WordRows = 64;

    /// <summary>A test that every row passes.</summary>
    public static RowTest Everyone { get; } = new Every();

    /// <summary>A test that no row passes.</summary>
    public static RowTest Nobody { get; } = new None();

    /// <summary>The values of attributes that rows must have where they need nothing else; null where they do.</summary>
    public virtual IReadOnlyList<EqualTest>? Equalities => null;

    /// <summary>Roughly how long a row takes, in nanoseconds: of several tests that which takes least is made first.</summary>
    protected virtual int Cost => 0;

    /// <summary>Clears the bits of the rows of one chunk that do not pass; bit i of the words is row i of the chunk.</summary>
    public abstract void Keep(int chunk, Span<ulong> bits);

    /// <summary>Sets the bits of the rows of a chunk that pass, and clears the others.</summary>
    /// <param name="chunk">Which rows: those of one chunk of a <see cref="Column{T}"/>.</param>
    /// <param name="rows">How many rows the chunk has.</param>
    /// <param name="deleted">Rows that never pass, and that tests are not made on.</param>
    /// <param name="bits">A bit for each row of a chunk.</param>
    public void Select(int chunk, int rows, RowSet deleted, Span<ulong> bits)
    {
        bits.Clear();
        bits[..(rows / WordRows)].Fill(ulong.MaxValue);
        if (rows % WordRows != 0)
        {
            bits[rows / WordRows] = (1UL << (rows % WordRows)) - 1;
        }
        deleted.Clear(chunk, bits);
        Keep(chunk, bits);
    }

    /// <summary>Passes rows that are none of some.</summary>
    public static RowTest Outside(RowSet rows) => new OutsideOf(rows);

    /// <summary>Passes rows that pass all of some tests.</summary>
    public static RowTest All(IEnumerable<RowTest> tests)
    {
        RowTest[] parts = [.. tests.Where(test => test is not Every).OrderBy(test => test.Cost)];
        return Array.Exists(parts, test => test is None) ? Nobody
            : parts is [] ? Everyone
            : parts is [var only] ? only
            : new AllOf(parts);
    }

    /// <summary>Passes rows that pass any of some tests.</summary>
    public static RowTest Any(IEnumerable<RowTest> tests)
    {
        RowTest[] parts = [.. tests.Where(test => test is not None).OrderBy(test => test.Cost)];
        return Array.Exists(parts, test => test is Every) ? Everyone
            : parts is [] ? Nobody
            : parts is [var only] ? only
            : new AnyOf(parts);
    }

    /// <summary>Passes rows that do not pass a test.</summary>
    public static RowTest Not(RowTest test) =>
        test switch
        {
            Every => Nobody,
            None => Everyone,
            _ => new NoneOf(test),
        };

    /// <summary>Clears the bits of the rows of one chunk that have another value; bit i of the words is row i of the chunk.</summary>
    public static void KeepEqual<T>(Column<T> column, int chunk, T value, Span<ulong> bits)
        where T : unmanaged, IEquatable<T>
    {
        ReadOnlySpan<T> rows = chunk < column.Chunks ? column.Chunk(chunk) : [];
        var wanted = Vector256.Create(value);
        for (var word = 0; word < bits.Length; word++)
        {
            if (bits[word] == 0)
            {
                continue;
            }
            var (equal, first) = (0UL, word * WordRows);
            for (var at = 0; at < WordRows && first < rows.Length; at += Vector256<T>.Count)
            {
                var vector = Vector256.Create(rows.Slice(first + at, Vector256<T>.Count));
                equal |= (ulong)Vector256.Equals(vector, wanted).ExtractMostSignificantBits() << at;
            }
            bits[word] &= equal;
        }
    }

    /// <summary>Writes the rows whose bits are set, rising; gives those written.</summary>
    /// <param name="chunk">The chunk.</param>
    /// <param name="bits">A bit for each of its rows.</param>
    /// <param name="rows">Gets them; a chunk's.</param>
    public static ReadOnlySpan<int> RowsOf(int chunk, ReadOnlySpan<ulong> bits, Span<int> rows)
    {
        var count = 0;
        for (var word = 0; word < bits.Length; word++)
        {
            for (var rest = bits[word]; rest != 0; rest &= rest - 1)
            {
                rows[count++] =
                    (chunk * Column<byte>.ChunkRows) + (word * WordRows) + BitOperations.TrailingZeroCount(rest);
            }
        }
        return rows[..count];
    }

    private sealed class Every : RowTest
    {
        public override IReadOnlyList<EqualTest> Equalities => [];

        public override void Keep(int chunk, Span<ulong> bits) { }
    }

    private sealed class None : RowTest
    {
        public override void Keep(int chunk, Span<ulong> bits) => bits.Clear();
    }

    private sealed class AllOf(RowTest[] tests) : RowTest
    {
        public override IReadOnlyList<EqualTest>? Equalities =>
            Array.TrueForAll(tests, test => test is EqualTest) ? [.. tests.OfType<EqualTest>()] : null;

        protected override int Cost { get; } = tests.Sum(test => test.Cost);

        public override void Keep(int chunk, Span<ulong> bits)
        {
            foreach (var test in tests)
            {
                if (!bits.ContainsAnyExcept(0UL))
                {
                    return;
                }
                test.Keep(chunk, bits);
            }
        }
    }

    private sealed class AnyOf(RowTest[] tests) : RowTest
    {
        protected override int Cost { get; } = tests.Sum(test => test.Cost);

        public override void Keep(int chunk, Span<ulong> bits)
        {
            Span<ulong> passed = stackalloc ulong[Words];
            Span<ulong> left = stackalloc ulong[Words];
            passed.Clear();
            foreach (var test in tests)
            {
                for (var i = 0; i < Words; i++)
                {
                    left[i] = bits[i] & ~passed[i];
                }
                test.Keep(chunk, left);
                for (var i = 0; i < Words; i++)
                {
                    passed[i] |= left[i];
                }
            }
            passed.CopyTo(bits);
        }
    }

    private sealed class NoneOf(RowTest test) : RowTest
    {
        protected override int Cost => test.Cost;

        public override void Keep(int chunk, Span<ulong> bits)
        {
            Span<ulong> passed = stackalloc ulong[Words];
            bits.CopyTo(passed);
            test.Keep(chunk, passed);
            for (var i = 0; i < Words; i++)
            {
                bits[i] &= ~passed[i];
            }
        }
    }

    private sealed class OutsideOf(RowSet rows) : RowTest
    {
        public override void Keep(int chunk, Span<ulong> bits) => rows.Clear(chunk, bits);
    }
}
