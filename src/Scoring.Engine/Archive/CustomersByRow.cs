namespace Scoring.Engine.Archive;

/// <summary>What a tail, or a file, holds, customer by customer, by row.</summary>
internal static class CustomersByRow
{
    /// <summary>Reads a file. Events and names of a customer hold until the next is asked for.</summary>
    /// <exception cref="StoreException">The file is not what was written, or cannot be read.</exception>
    public static IEnumerable<ArchivedCustomer> Of(ArchiveReader reader) => Of(reader, row => row);

    /// <summary>Reads some rows of a file, and no chunk that has none of them.</summary>
    /// <param name="reader">The file.</param>
    /// <param name="nextWanted">The first row from one on that is wanted; a negative number for none.</param>
    /// <exception cref="StoreException">The file is not what was written, or cannot be read.</exception>
    public static IEnumerable<ArchivedCustomer> Of(ArchiveReader reader, Func<int, int> nextWanted)
    {
        var index = reader.Index;
        ArchiveCursor? cursor = null;
        for (var row = Next(0); row >= 0; )
        {
            var wanted = row;
            var first = index.ChunkOf(row);
            int end;
            do
            {
                end = index.EndOf(index.ChunkOf(row));
                row = Next(index.LastRowOf(end - 1) + 1L);
            } while (row >= 0 && index.ChunkOf(row) == end);
            cursor ??= new(reader, first, end);
            cursor.MoveTo(first, end);
            while (wanted >= 0 && cursor.MoveNext())
            {
                if (cursor.Row > wanted)
                {
                    wanted = nextWanted(cursor.Row);
                }
                if (cursor.Row == wanted)
                {
                    yield return new(cursor.Row, cursor.KeptEvents, CopyOf(cursor.Changes), cursor.Names);
                }
            }
        }

        int Next(long from)
        {
            while (true)
            {
                var here = index.Rows.Next(from);
                if (here < 0 || nextWanted(here) is not (var wanted and >= 0))
                {
                    return -1;
                }
                if (wanted == here)
                {
                    return here;
                }
                from = wanted;
            }
        }
    }

    private static ArchivedChange[] CopyOf(ReadOnlySpan<ArchivedChange> changes)
    {
        if (changes.IsEmpty)
        {
            return [];
        }
        var copies = new List<ArchivedChange>(changes.Length);
        ArchivedChange.AddCopies(changes, copies);
        return [.. copies];
    }

    /// <summary>Sorts a tail, which must not change any more.</summary>
    public static IEnumerable<ArchivedCustomer> Of(ArchiveTail tail)
    {
        var events = tail.Events.ToArray();
        Array.Sort(Array.ConvertAll(events, item => item.Row), events);
        var changes = tail.Changes.ToLookup(change => change.Row);
        var changed = changes.Select(group => group.Key).Order().ToArray();
        var (at, next) = (0, 0);
        while (at < events.Length || next < changed.Length)
        {
            var row = Math.Min(
                at < events.Length ? events[at].Row : int.MaxValue,
                next < changed.Length ? changed[next] : int.MaxValue
            );
            var from = at;
            while (at < events.Length && events[at].Row == row)
            {
                at++;
            }
            next += next < changed.Length && changed[next] == row ? 1 : 0;
            yield return new(row, events.AsMemory(from..at), [.. changes[row]], tail);
        }
    }
}
