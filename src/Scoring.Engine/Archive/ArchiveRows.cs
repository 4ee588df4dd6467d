using System.Numerics;
using Scoring.Engine.Storage;

namespace Scoring.Engine.Archive;

/// <summary>Which rows are in a file: stretches of rows one behind the other, or a bit for each row from the first to the last, whichever is smaller.</summary>
/// <remarks>Stored as the number of stretches, and of each how many rows before it are missing and how many it has, but for one each time.</remarks>
internal sealed class ArchiveRows
{
    private readonly int[] _firsts;
    private readonly int[] _lasts;
    private readonly ulong[]? _bits;

    private ArchiveRows(int[] firsts, int[] lasts)
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

    /// <summary>The first row that is in the file.</summary>
    public int First { get; }

    /// <summary>The last row that is in the file; less than the first when none is.</summary>
    public int Last { get; }

    /// <summary>What it takes in memory.</summary>
    public long MemoryBytes => (_firsts.Length * 2L * sizeof(int)) + ((_bits?.Length ?? 0) * (long)sizeof(ulong));

    /// <summary>Reads the rows.</summary>
    /// <param name="reader">From here on.</param>
    /// <param name="most">How many there may be.</param>
    /// <exception cref="InvalidDataException">They are malformed.</exception>
    public static ArchiveRows Read(ref BlobReader reader, long most)
    {
        // Each takes two bytes.
        var count = reader.Varint(reader.Rest.Length / 2);
        var (firsts, lasts) = (new int[count], new int[count]);
        var (before, rows) = (-2L, 0L);
        for (var i = 0; i < count; i++)
        {
            var first = before + 2 + reader.Varint(int.MaxValue);
            var last = first + reader.Varint(int.MaxValue);
            rows += last - first + 1;
            if (last > int.MaxValue || rows > most)
            {
                throw new InvalidDataException("It has more rows than there can be.");
            }
            (firsts[i], lasts[i], before) = ((int)first, (int)last, last);
        }
        return new(firsts, lasts);
    }

    /// <summary>Whether a row is in the file.</summary>
    public bool Contains(int row) => Next(row) == row;

    /// <summary>The first row of the file from one on; -1 when there is none any more.</summary>
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
