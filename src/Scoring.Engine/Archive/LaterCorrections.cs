using Scoring.Core.History;

namespace Scoring.Engine.Archive;

/// <summary>The corrections in files that stay, of events in files that become an opening: what was known of an event that was voided later is not lost with the others.</summary>
internal sealed class LaterCorrections
{
    private readonly Dictionary<int, List<RecordedCorrection>> _ofRows = [];

    /// <summary>Reads the corrections of a file, a piece for each element.</summary>
    /// <param name="reader">The file.</param>
    /// <param name="voids">What is not to be read of it.</param>
    /// <exception cref="StoreException">The file is not what was written, or cannot be read.</exception>
    public IEnumerable<bool> Add(ArchiveReader reader, IReadOnlyList<ArchiveVoid> voids)
    {
        var lastEntry = reader.File.LastEntry;
        var deleted = ArchiveVoid.RowsOf(voids, lastEntry);
        var removed = Removal.Of(voids, lastEntry);
        var chunk = new ChunkReader(new(reader));
        for (var i = 0; i < reader.Index.Chunks; i++)
        {
            if (reader.Index[i].Changes == 0)
            {
                continue;
            }
            chunk.Read(i);
            for (var customer = 0; customer < chunk.Customers; customer++)
            {
                if (!deleted.Contains(chunk.RowOf(customer)))
                {
                    Add(chunk.RowOf(customer), chunk.ChangesOf(customer), removed);
                }
            }
            yield return true;
        }
    }

    /// <summary>Divides a customer's records.</summary>
    /// <param name="row">The customer's row.</param>
    /// <param name="past">Its records.</param>
    /// <param name="voidedLater">Gets the events that these corrections void.</param>
    /// <returns>All the others.</returns>
    public CustomerPast Divide(int row, CustomerPast past, out IReadOnlyList<PastEvent> voidedLater)
    {
        var places = VoidedEvents.Of(past.Events, _ofRows.GetValueOrDefault(row, []));
        voidedLater = [.. past.Events.Where((_, place) => places.Contains(place))];
        return places.Count == 0
            ? past
            : past with
            {
                Events = [.. past.Events.Where((_, place) => !places.Contains(place))],
            };
    }

    private void Add(int row, ReadOnlySpan<ArchivedChange> changes, Removal removed)
    {
        foreach (var change in changes)
        {
            if (change.Kind != ChangeKind.Correction)
            {
                continue;
            }
            if (!_ofRows.TryGetValue(row, out var corrections))
            {
                _ofRows.Add(row, corrections = []);
            }
            var left = removed.Filter([change]).Single();
            corrections.Add(CorrectionCodec.Read(left.Content.Span));
        }
    }
}
