using Scoring.Core.Facts;
using Scoring.Core.Models;
using Scoring.Core.Time;

namespace Scoring.Core.Segments;

/// <summary>What one population adds to the statistics of a segment. Tallies of several populations are summed up together.</summary>
public sealed class SegmentTally
{
    private readonly List<double> _scores = [];
    private readonly Ranking _top;
    private readonly Ranking _bottom;
    private readonly SortedDictionary<string, EventTypeTotal> _totals = new(StringComparer.Ordinal);
    private long _daily;
    private long _weekly;
    private long _monthly;

    internal SegmentTally(SegmentQuery query)
    {
        _top = new Ranking(query.Top, highest: true);
        _bottom = new Ranking(query.Bottom, highest: false);
    }

    /// <summary>The newest event of the customers tallied; <see cref="Instant.MinValue"/> when there is none.</summary>
    public Instant NewestEvent { get; private set; } = Instant.MinValue;

    /// <summary>Sums tallies of distinct customers up.</summary>
    /// <param name="tallies">The tallies.</param>
    /// <param name="query">The query that they answer.</param>
    /// <param name="model">The model that they were scored by.</param>
    /// <param name="readTime">The instant that they were scored at.</param>
    public static SegmentStatistics Summarize(
        IReadOnlyList<SegmentTally> tallies,
        SegmentQuery query,
        ScoringModel model,
        Instant readTime
    )
    {
        var scores = new double[tallies.Sum(t => t._scores.Count)];
        var filled = 0;
        foreach (var tally in tallies)
        {
            tally._scores.CopyTo(scores, filled);
            filled += tally._scores.Count;
        }
        var bands = CountBands(scores, model);
        var statistics = new SegmentStatistics
        {
            Customers = scores.Length,
            Histogram = Distribution.Histogram(scores, query.Histogram),
            Bands = BandCount.Of(bands, model),
            Top = Ranking.Merge(tallies.Select(t => t._top), query.Top, highest: true),
            Bottom = Ranking.Merge(tallies.Select(t => t._bottom), query.Bottom, highest: false),
            EventTotals = MergeTotals(tallies),
            Percentiles = [],
            ReadTime = readTime,
            ModelName = model.Name,
            ModelVersion = model.Version,
        };
        if (scores.Length == 0)
        {
            return statistics;
        }
        var (mean, deviation) = Distribution.MeanAndDeviation(scores);
        return statistics with
        {
            Mean = mean,
            StandardDeviation = deviation,
            Min = scores.Min(),
            Max = scores.Max(),
            EngagementIndex = EngagementIndex.Of(bands, model),
            Activity = new Activity(
                tallies.Sum(t => t._daily),
                tallies.Sum(t => t._weekly),
                tallies.Sum(t => t._monthly)
            ),
            // Last, because it reorders the scores.
            Percentiles = Distribution.Percentiles(scores, query.Percentiles),
        };
    }

    internal void Add(double score, CustomerFacts facts, int today)
    {
        _scores.Add(score);
        NewestEvent = Instant.Max(NewestEvent, facts.LastEvent);
        var days = facts.ActiveDays;
        if (days.AnyBetween(today - 29, today))
        {
            _monthly++;
            _weekly += days.AnyBetween(today - 6, today) ? 1 : 0;
            _daily += days.AnyBetween(today, today) ? 1 : 0;
        }
    }

    internal bool WouldRank(double score) => _top.WouldTake(score) || _bottom.WouldTake(score);

    internal void Rank(RankedCustomer customer)
    {
        _top.Take(customer);
        _bottom.Take(customer);
    }

    internal void AddTotals(CustomerFacts facts, FactsSchema schema)
    {
        var series = facts.Series(schema);
        while (series.MoveNext())
        {
            var quantity = series.Sums[0];
            AddTotal(
                _totals,
                new EventTypeTotal(
                    schema.EventTypes[series.EventType],
                    series.IsCount ? 1 : 0,
                    series.IsCount ? quantity : 0,
                    series.StandsForValue ? quantity : 0
                )
            );
        }
    }

    private static List<EventTypeTotal> MergeTotals(IReadOnlyList<SegmentTally> tallies)
    {
        var merged = new SortedDictionary<string, EventTypeTotal>(StringComparer.Ordinal);
        foreach (var total in tallies.SelectMany(tally => tally._totals.Values))
        {
            AddTotal(merged, total);
        }
        return [.. merged.Values];
    }

    private static long[] CountBands(ReadOnlySpan<double> scores, ScoringModel model)
    {
        var counts = new long[model.Bands.Count];
        foreach (var score in scores)
        {
            counts[model.BandOf(score)]++;
        }
        return counts;
    }

    private static void AddTotal(SortedDictionary<string, EventTypeTotal> totals, EventTypeTotal added)
    {
        totals[added.EventType] = totals.TryGetValue(added.EventType, out var total)
            ? new EventTypeTotal(
                added.EventType,
                total.Customers + added.Customers,
                total.Count + added.Count,
                total.Value + added.Value
            )
            : added;
    }
}
