using Scoring.Core.Time;

namespace Scoring.Core.Listing;

/// <summary>A page of a list of customers or accounts.</summary>
/// <param name="Items">The customers or accounts in order, fewer than were asked for where the list ends; null in the place of one of whom nothing is known any more.</param>
/// <param name="ReadTime">The instant that the list was filtered and ordered at.</param>
/// <param name="Total">Those that the filter let pass then.</param>
/// <param name="Ahead">Customers left out since their newest event lies further ahead of the clock than the tolerated skew.</param>
/// <param name="Place">Where the page begins.</param>
/// <param name="HasMore">Whether others follow the page.</param>
public sealed record ListPage<T>(
    IReadOnlyList<T?> Items,
    Instant ReadTime,
    long Total,
    long Ahead,
    ListPlace Place,
    bool HasMore
)
    where T : class
{
    /// <summary>Leads to what follows this page; null when nothing does.</summary>
    public ListPlace? Next => After(Items.Count);

    /// <summary>Leads to what follows some of this page; null when nothing does.</summary>
    public ListPlace? After(int items) =>
        items < Items.Count || HasMore ? Place with { Offset = Place.Offset + items } : null;
}

/// <summary>A place in a list that a host keeps.</summary>
/// <param name="List">Names the list, and where it is kept.</param>
/// <param name="Offset">Those before the place.</param>
public sealed record ListPlace(string List, int Offset);
