using System.Numerics;

namespace Scoring.Engine.Archive;

/// <summary>A set of rows in memory: stretches of rows one behind the other, or a bit for each row from the first to the last, whichever is smaller.</summary>
internal sealed class RowStretches
{
    private readonly int[] _firsts;
    private readonly int[] _lasts;
    private readonly ulong[]? _bits;

    /// <param name="firsts">The first row of each stretch, rising.</param>
    /// <param name="lasts">The last row of each.</param>
    public RowStretches(int[] firsts, int[] lasts)
    {
        (_firsts, _lasts) = (firsts, lasts);
        (First, Last) = firsts.Length == 0 ? (0, -1) : (firsts[0], lasts[^1]);
        var words = (((long)Last - First) / 64) + 1;
        if (words * sizeof(ulong) >= 2L * sizeof(int) * firsts.Length)
        {
            return;
        }
        _bits = new ulong[words];
        for (var i = 0; i < firsts.Length; i++)
        {
            for (var at = firsts[i] - First; at <= lasts[i] - First; at++)
            {
                _bits[at >> 6] |= 1UL << at;
            }
        }
        (_firsts, _lasts) = ([], []);
    }

    /// <summary>The first row; 0 for none.</summary>
    public int First { get; }

    /// <summary>The last row; less than the first when there is none.</summary>
    public int Last { get; }

    /// <summary>What it takes in memory.</summary>
    public long MemoryBytes => (_firsts.Length * 2L * sizeof(int)) + ((_bits?.Length ?? 0) * (long)sizeof(ulong));

    /// <summary>The first row of the set from one on; -1 when there is none any more.</summary>
    public int Next(long row)
    {
        if (row > Last)
        {
            return -1;
        }
        var from = (int)Math.Max(row, First);
        return _bits is null ? NextInStretches(from) : NextBit(from);
    }

    private int NextInStretches(int from)
    {
        var at = Array.BinarySearch(_lasts, from);
        return Math.Max(from, _firsts[at < 0 ? ~at : at]);
    }

    private int NextBit(int from)
    {
        var word = (from - First) >> 6;
        var bits = _bits![word] & (ulong.MaxValue << (from - First));
        while (bits == 0)
        {
            bits = _bits[++word];
        }
        return First + (word << 6) + BitOperations.TrailingZeroCount(bits);
    }
}
