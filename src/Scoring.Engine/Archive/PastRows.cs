namespace Scoring.Engine.Archive;

/// <summary>Goes through several places where there are records side by side, customer by customer, by row.</summary>
internal static class PastRows
{
    /// <summary>The customers, each once, with what all places have of it.</summary>
    /// <param name="places">The places, the oldest first: their customers by row, and the last entry that their records come from.</param>
    /// <param name="voids">What is not to be read of them.</param>
    public static IEnumerable<(int Row, PastRecords Records)> Of(
        IEnumerable<(IEnumerable<ArchivedCustomer> Customers, long LastEntry)> places,
        IReadOnlyList<ArchiveVoid> voids
    )
    {
        List<Place> all = [.. places.Select(place => new Place(place.Customers, place.LastEntry, voids))];
        while (all.Min(place => place.Row) is var row && row < int.MaxValue)
        {
            var records = new PastRecords();
            foreach (var place in all)
            {
                if (place.Row == row)
                {
                    place.MoveInto(records);
                }
            }
            if (records.Any)
            {
                yield return (row, records);
            }
        }
    }

    private sealed class Place
    {
        private readonly IEnumerator<ArchivedCustomer> _customers;
        private readonly HashSet<int> _void;
        private readonly Removal _removed;

        public Place(IEnumerable<ArchivedCustomer> customers, long lastEntry, IReadOnlyList<ArchiveVoid> voids)
        {
            _customers = customers.GetEnumerator();
            _void = ArchiveVoid.RowsOf(voids, lastEntry);
            _removed = Removal.Of(voids, lastEntry);
            MoveNext();
        }

        /// <summary>The row of the customer at hand; the largest number there is at the end.</summary>
        public int Row { get; private set; }

        /// <summary>Adds what there is of the customer at hand, and goes on to the next.</summary>
        public void MoveInto(PastRecords records)
        {
            if (!_void.Contains(Row))
            {
                var customer = _customers.Current;
                records.Add(customer.Events.Span, customer.Changes, customer.Names, _removed);
            }
            MoveNext();
        }

        private void MoveNext() => Row = _customers.MoveNext() ? _customers.Current.Row : int.MaxValue;
    }
}
