using Npgsql;
using Scoring.Engine;
using Scoring.Engine.Journal;

namespace Scoring.Postgres;

/// <summary>Reads the entries of a partition from the tables of its database, a few rows at a time, and finds out whether they are what was written.</summary>
/// <param name="database">Where the log lies.</param>
/// <param name="identity">The store's identity.</param>
/// <param name="partition">The partition.</param>
/// <param name="span">Which entries there must be.</param>
internal sealed class LogReader(Database database, long identity, int partition, LogSpan span)
{
    private const int FewestRows = 16;
    private const int MostRows = 1_024;
    private const long SmallPage = 256 << 10;
    private readonly string _place = $"{database.Place}, log of partition {partition}";
    private int _rows = FewestRows;
    private long _expected;
    private long _gap;
    private bool _hasRead;

    /// <summary>The entries behind one, in order.</summary>
    /// <exception cref="StoreException">They cannot be read, or entries that must be there are missing.</exception>
    public IEnumerable<LogEntry> Read(long after)
    {
        _expected = after + 1;
        var done = 0L;
        while (Tables().Find(table => table > done) is var table and > 0)
        {
            done = table;
            while (ReadPage(table, after) is { Count: > 0 } page)
            {
                if (IsNewGap(page[0]))
                {
                    // An owner before may have gone on in a table that was read already, and then in this one.
                    done = 0;
                    break;
                }
                foreach (var row in page)
                {
                    foreach (var entry in Check(table, row).Where(entry => entry.Number > after))
                    {
                        yield return entry;
                    }
                }
            }
        }
        if (_expected - 1 < span.Through)
        {
            throw PostgresErrors.Damaged(
                _place,
                $"its log ends at entry {_expected - 1} of partition {partition}, and {span.Through} were checkpointed"
            );
        }
    }

    // Asked for again behind each: tables are made while others are read.
    private List<long> Tables() => database.Read(_place, LogTables.List);

    private bool IsNewGap(LogRow row)
    {
        var isNew = row.First > _expected && _gap != _expected;
        _gap = isNew ? _expected : _gap;
        return isNew;
    }

    private IEnumerable<LogEntry> Check(long table, LogRow row)
    {
        var place = $"{database.Place}, {LogTables.NameOf(table)}, partition {partition}, position {row.First}";
        if (Checksum.OfLogRow(identity, row) != row.Checksum)
        {
            throw PostgresErrors.Damaged(
                place,
                "this row of its log is not the one that was written there by this store"
            );
        }
        if (_hasRead ? row.First != _expected : row.First > _expected)
        {
            throw PostgresErrors.Damaged(
                place,
                $"entries {_expected} to {row.First - 1} of partition {partition} are missing before this row of its log"
            );
        }
        (_hasRead, _expected) = (true, row.Last + 1);
        return FrameRow.Read(partition, row.First, row.Content, place);
    }

    private List<LogRow> ReadPage(long table, long after)
    {
        var page = database.Read(_place, connection => ReadPage(connection, table, after));
        if (page.Sum(row => (long)row.Content.Length) < SmallPage)
        {
            _rows = Math.Min(_rows * 2, MostRows);
        }
        return page;
    }

    private List<LogRow> ReadPage(NpgsqlConnection connection, long table, long after)
    {
        try
        {
            return connection.Query(
                $"""
                SELECT position, count, epoch, next, checksum, content FROM {LogTables.NameOf(table)}
                WHERE partition = $1 AND position >= $2 AND position + count > $3 ORDER BY position LIMIT $4
                """,
                row => new LogRow(
                    partition,
                    row.GetInt64(0),
                    row.GetInt32(1),
                    row.GetInt64(2),
                    row.GetInt64(3),
                    row.GetFieldValue<byte[]>(5)
                )
                {
                    Checksum = row.GetInt64(4),
                },
                Sql.SmallInt(partition),
                Sql.BigInt(_hasRead ? _expected : 0),
                Sql.BigInt(after + 1),
                Sql.Int(_rows)
            );
        }
        catch (PostgresException e) when (e.SqlState == PostgresErrorCodes.UndefinedTable)
        {
            // It was dropped meanwhile: nothing in it is needed, unless a gap says otherwise.
            return [];
        }
    }
}
