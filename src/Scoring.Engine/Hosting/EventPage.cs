using Scoring.Core.History;

namespace Scoring.Engine.Hosting;

/// <summary>Some of the events of a partition's archive.</summary>
/// <param name="Customers">Customers by row, each with events of it in the order of <see cref="EventOrder"/>, and no changes.</param>
/// <param name="MergedIds">Those of them who were merged into others: whether these meet the filter is not known here.</param>
/// <param name="Next">Where to go on; null when nothing is left.</param>
public sealed record EventPage(
    IReadOnlyList<CustomerPast> Customers,
    IReadOnlyList<string> MergedIds,
    EventPlace? Next
);
