using Scoring.Core.Segments;
using Scoring.Core.Time;

namespace Scoring.Engine.Hosting;

/// <summary>A question about a segment in the past as it is put to a host.</summary>
/// <param name="Query">The question.</param>
/// <param name="ModelVersion">The version of the model that it is to be answered by.</param>
/// <param name="Times">The instants that figures are to hold for, rising.</param>
/// <param name="KnownAt">What was received later is left out; null for nothing.</param>
/// <param name="Partitions">The partitions that it is put to, in rising order.</param>
/// <param name="FewScores">Whether scores around the percentiles suffice where there are many.</param>
/// <param name="Accounts">Wherever they lie, the accounts that met what the filter asks of accounts, test by test in its order; null where it asks nothing of them.</param>
public sealed record PastSegmentQuestion(
    SegmentQuery Query,
    int ModelVersion,
    IReadOnlyList<Instant> Times,
    Instant? KnownAt,
    IReadOnlyList<int> Partitions,
    bool FewScores,
    IReadOnlyList<PastAccountMatch>? Accounts = null
)
{
    /// <summary>The query as it is at an instant: its filter names the accounts that met then what it asks of them.</summary>
    /// <param name="time">Which instant, from 0.</param>
    public SegmentQuery QueryAt(int time) =>
        Accounts is null ? Query : Query with { Filter = PastAccountMatch.FilterAt(Query.Filter, Accounts, time) };
}
