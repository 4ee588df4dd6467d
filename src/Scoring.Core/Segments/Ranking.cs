namespace Scoring.Core.Segments;

/// <summary>The highest- or lowest-scored customers of those seen, at most so many. Equal scores rank by customer id (ordinal).</summary>
internal sealed class Ranking(int length, bool highest)
{
    private readonly Comparer<RankedCustomer> _order = Order(highest);
    private readonly SortedSet<RankedCustomer> _ranked = new(Order(highest));

    /// <summary>Whether a customer of this score could be taken, so that the customer need not be made otherwise.</summary>
    public bool WouldTake(double score) =>
        _ranked.Count < length || (length > 0 && (highest ? score >= _ranked.Max!.Score : score <= _ranked.Max!.Score));

    public void Take(RankedCustomer customer)
    {
        if (length == 0 || (_ranked.Count == length && _order.Compare(customer, _ranked.Max!) >= 0))
        {
            return;
        }
        _ranked.Add(customer);
        if (_ranked.Count > length)
        {
            _ranked.Remove(_ranked.Max!);
        }
    }

    public static IReadOnlyList<RankedCustomer> Merge(IEnumerable<Ranking> rankings, int length, bool highest) =>
        [.. rankings.SelectMany(ranking => ranking._ranked).Order(Order(highest)).Take(length)];

    private static Comparer<RankedCustomer> Order(bool highest) =>
        Comparer<RankedCustomer>.Create(
            (x, y) =>
                x.Score.CompareTo(y.Score) is var order and not 0
                    ? (highest ? -order : order)
                    : string.CompareOrdinal(x.CustomerId, y.CustomerId)
        );
}
