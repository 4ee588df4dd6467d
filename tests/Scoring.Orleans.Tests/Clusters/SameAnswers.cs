using Scoring.Core.Accounts;
using Scoring.Core.Backend;
using Scoring.Core.Scores;
using Scoring.Core.Segments;

namespace Scoring.Cluster.Tests.Clusters;

/// <summary>Two hosts that were told the same answer the same: to the bit, and figures that are sums to rounding.</summary>
internal static class SameAnswers
{
    private const double Tolerance = 1e-9;

    public static async Task OfScoresAsync(
        IScoringBackend expected,
        IScoringBackend actual,
        string workspace,
        string[] customers
    )
    {
        var query = new ScoreQuery(workspace, customers, "", null);
        var all = await expected.GetScoresAsync(query, BackendHost.Cancellation);
        var found = await actual.GetScoresAsync(query, BackendHost.Cancellation);
        Assert.Equal(all.Count, found.Count);
        foreach (var (one, other) in all.Zip(found))
        {
            Assert.Equivalent(one, other, strict: true);
        }
    }

    public static async Task OfSegmentAsync(
        IScoringBackend expected,
        IScoringBackend actual,
        string workspace,
        SegmentFilter filter
    )
    {
        var query = new SegmentQuery
        {
            Workspace = workspace,
            Filter = filter,
            Percentiles = [1, 25, 50, 75, 99],
            Top = 20,
            Bottom = 20,
            EventTotals = true,
        };
        var one = await expected.GetSegmentStatisticsAsync(query, BackendHost.Cancellation);
        var other = await actual.GetSegmentStatisticsAsync(query, BackendHost.Cancellation);
        OfSegment(one, other);
    }

    public static void OfSegment(SegmentStatistics one, SegmentStatistics other)
    {
        Assert.Equal(
            (one.Customers, one.Activity, one.EngagementIndex, one.ReadTime),
            (other.Customers, other.Activity, other.EngagementIndex, other.ReadTime)
        );
        Assert.Equal((one.Min, one.Max), (other.Min, other.Max));
        Assert.Equal(one.Bands, other.Bands);
        Assert.Equal(one.Histogram, other.Histogram);
        Assert.Equal(one.Percentiles, other.Percentiles);
        Assert.Equal(one.Top, other.Top);
        Assert.Equal(one.Bottom, other.Bottom);
        Close(one.Mean, other.Mean);
        Close(one.StandardDeviation, other.StandardDeviation);
        Assert.Equal(one.EventTotals.Count, other.EventTotals.Count);
        foreach (var (total, found) in one.EventTotals.Zip(other.EventTotals))
        {
            Assert.Equal(
                (total.EventType, total.Customers, total.Count),
                (found.EventType, found.Customers, found.Count)
            );
            Close(total.Value, found.Value);
        }
    }

    public static async Task OfAccountAsync(
        IScoringBackend expected,
        IScoringBackend actual,
        string workspace,
        string account
    )
    {
        var query = new AccountHealthQuery(workspace, account, 30, "", null);
        var one = await expected.GetAccountHealthAsync(query, BackendHost.Cancellation);
        var other = await actual.GetAccountHealthAsync(query, BackendHost.Cancellation);
        Assert.Equivalent(one with { Lag = default }, other with { Lag = default }, strict: true);
    }

    private static void Close(double? expected, double? actual)
    {
        Assert.Equal(expected.HasValue, actual.HasValue);
        Assert.Equal(expected ?? 0, actual ?? 0, Tolerance * Math.Max(1, Math.Abs(expected ?? 0)));
    }
}
