using Scoring.Engine.Storage;

namespace Scoring.Engine.Archive;

/// <summary>Which rows are in a file: those of customers, and far behind them those of accounts.</summary>
/// <remarks>Stored as the number of stretches, and of each how many rows before it are missing and how many it has, but for one each time.</remarks>
internal sealed class ArchiveRows
{
    private readonly RowStretches _customers;
    private readonly RowStretches _accounts;

    private ArchiveRows(int[] firsts, int[] lasts)
    {
        var customers = lasts.AsSpan().BinarySearch(AccountRows.First);
        customers = customers < 0 ? ~customers : customers;
        if (customers < firsts.Length && !AccountRows.Contain(firsts[customers]))
        {
            throw new InvalidDataException("Its customers go on as accounts.");
        }
        _customers = new(firsts[..customers], lasts[..customers]);
        _accounts = new(firsts[customers..], lasts[customers..]);
    }

    /// <summary>The first row that is in the file.</summary>
    public int First => Next(0);

    /// <summary>The last row that is in the file; less than the first when none is.</summary>
    public int Last => Math.Max(_customers.Last, _accounts.Last);

    /// <summary>What it takes in memory.</summary>
    public long MemoryBytes => _customers.MemoryBytes + _accounts.MemoryBytes;

    /// <summary>Reads the rows.</summary>
    /// <param name="reader">From here on.</param>
    /// <param name="most">How many there may be.</param>
    /// <exception cref="InvalidDataException">They are malformed.</exception>
    public static ArchiveRows Read(ref BlobReader reader, long most)
    {
        // Each takes two bytes.
        var count = reader.Varint(reader.Rest.Length / 2);
        if (count == 0)
        {
            throw new InvalidDataException("It has no rows.");
        }
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
    public int Next(long row) => _customers.Next(row) is var next and >= 0 ? next : _accounts.Next(row);
}
