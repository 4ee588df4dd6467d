namespace Scoring.Engine.Archive;

/// <summary>What a tail, or a file, holds, customer by customer, by row.</summary>
internal static class CustomersByRow
{
    /// <summary>Reads a file. Events and names of a customer hold until the next is asked for.</summary>
    /// <exception cref="StoreException">The file is not what was written, or cannot be read.</exception>
    public static IEnumerable<ArchivedCustomer> Of(ArchiveReader reader) => Of(reader, 0, int.MaxValue);

    /// <summary>Reads the rows of a file from one on, before another one.</summary>
    /// <exception cref="StoreException">The file is not what was written, or cannot be read.</exception>
    public static IEnumerable<ArchivedCustomer> Of(ArchiveReader reader, int firstRow, int endRow)
    {
        var first = reader.Index.Rows.Next(firstRow);
        if (first < 0 || first >= endRow)
        {
            yield break;
        }
        var cursor = new ArchiveCursor(reader, reader.Index.ChunkOf(first), reader.Index.Chunks);
        while (cursor.MoveNext() && cursor.Row < endRow)
        {
            if (cursor.Row < first)
            {
                continue;
            }
            yield return new(cursor.Row, cursor.KeptEvents, CopyOf(cursor.Changes), cursor.Names);
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
