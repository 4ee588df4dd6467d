using System.Buffers;
using System.Runtime.Intrinsics;
using System.Text;
using Scoring.Core.Facts;
using Scoring.Core.Lifecycles;
using Scoring.Core.Models;
using Scoring.Core.Time;

namespace Scoring.Core.Segments;

/// <summary>What one population, or several one after the other, add to the statistics of a segment. Tallies are summed up together, once.</summary>
public sealed partial class SegmentTally
{
    private readonly int _capacity;
    private readonly bool _wantsTotals;
    private readonly bool _wantsPercentiles;
    private readonly Ranking _top;
    private readonly Ranking _bottom;
    private readonly SortedDictionary<string, EventTypeTotal> _totals = new(StringComparer.Ordinal);
    private EventTotals _ofMembers = new();
    private ScoreCounts? _counts;
    private double[]? _scores;
    private int _count;
    private long _daily;
    private long _weekly;
    private long _monthly;
    private long _ahead;
    private readonly bool _bottomWithoutChurned;
    private readonly HistogramSpec _histogram;
    private readonly long[] _lifecycles = new long[LifecycleCount.Stages];

    /// <summary>A tally of nobody.</summary>
    /// <param name="query">The query that it answers.</param>
    /// <param name="capacity">Customers that it is likely to get.</param>
    public SegmentTally(SegmentQuery query, int capacity)
    {
        (_capacity, _wantsTotals) = (capacity, query.EventTotals);
        _wantsPercentiles = query.Percentiles.Count > 0;
        _bottomWithoutChurned = query.BottomWithoutChurned;
        _histogram = query.Histogram;
        _top = new Ranking(query.Top, highest: true);
        _bottom = new Ranking(query.Bottom, highest: false);
    }

    /// <summary>
    /// The newest event of the customers tallied, where that lies after the instant that they were scored at; otherwise an instant that
    /// is not after that. <see cref="Instant.MinValue"/> when there is none.
    /// </summary>
    public Instant NewestEvent { get; private set; } = Instant.MinValue;

    /// <summary>From which score on up and from which one on down a customer may be ranked.</summary>
    internal (double Highest, double Lowest) RankedFrom => (_top.From, _bottom.From);

    /// <summary>Sums tallies of distinct customers up.</summary>
    /// <param name="tallies">The tallies; void from then on.</param>
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
        var customers = tallies.Sum(t => (long)t._count);
        var statistics = new SegmentStatistics
        {
            Customers = customers,
            AheadCustomers = tallies.Sum(t => t._ahead),
            Histogram = query.Histogram.WithCounts(new long[query.Histogram.Buckets + 2]),
            Bands = BandCount.Of(new long[model.Bands.Count], model),
            Lifecycles = LifecycleCount.Of([
                .. Enumerable.Range(0, LifecycleCount.Stages).Select(i => tallies.Sum(t => t._lifecycles[i])),
            ]),
            Top = Ranking.Merge(tallies.Select(t => t._top), query.Top, highest: true),
            Bottom = Ranking.Merge(tallies.Select(t => t._bottom), query.Bottom, highest: false),
            EventTotals = MergeTotals(tallies),
            Percentiles = [],
            ReadTime = readTime,
            ModelName = model.Name,
            ModelVersion = model.Version,
        };
        if (customers == 0)
        {
            return statistics;
        }
        var distribution = Distribution([.. tallies.Where(t => t._count > 0)], query, model);
        foreach (var tally in tallies)
        {
            tally.Release();
        }
        return statistics with
        {
            Mean = distribution.Mean,
            StandardDeviation = distribution.Deviation,
            Min = distribution.Min,
            Max = distribution.Max,
            Percentiles = distribution.Percentiles,
            Histogram = query.Histogram.WithCounts(distribution.Histogram),
            Bands = BandCount.Of(distribution.Bands, model),
            EngagementIndex = EngagementIndex.Of(distribution.Bands, model),
            Activity = new Activity(
                tallies.Sum(t => t._daily),
                tallies.Sum(t => t._weekly),
                tallies.Sum(t => t._monthly)
            ),
        };
    }

    /// <summary>Makes one tally of those of distinct customers, so that less is sent: it says of them together what they said one by one.</summary>
    /// <remarks>Only sums that are not whole numbers (the mean, the values of events) may be rounded otherwise.</remarks>
    /// <param name="tallies">At least one, each with every score; void from then on.</param>
    /// <param name="query">The query that they answer.</param>
    /// <param name="model">The model that they were scored by.</param>
    /// <exception cref="ArgumentException">There is none, or one that came briefly.</exception>
    public static SegmentTally Merge(IReadOnlyList<SegmentTally> tallies, SegmentQuery query, ScoringModel model)
    {
        if (tallies.Count == 0 || tallies.Any(tally => tally._digest is not null))
        {
            throw new ArgumentException("Tallies with every score are merged, and at least one.", nameof(tallies));
        }
        if (tallies is [var only])
        {
            return only;
        }
        var merged = new SegmentTally(query, checked((int)tallies.Sum(t => (long)t._count)));
        foreach (var tally in tallies)
        {
            merged.TakeFigures(tally);
        }
        merged.TakeScores(tallies, model);
        return merged;
    }

    /// <summary>Whether it is known what scores are measured by.</summary>
    internal bool IsMeasured => _counts is not null;

    /// <summary>Says what scores are measured by, before the first is added.</summary>
    internal void MeasureBy(ScoreCells cells) => _counts = new ScoreCounts(cells);

    /// <summary>Makes room for the scores of another population.</summary>
    internal void Reserve(int customers)
    {
        var needed = _count + customers + Vector256<double>.Count;
        if (_scores is { } scores && scores.Length < needed)
        {
            _scores = ArrayPool<double>.Shared.Rent(needed);
            scores.AsSpan(0, _count).CopyTo(_scores);
            ArrayPool<double>.Shared.Return(scores);
        }
        _scores ??= ArrayPool<double>.Shared.Rent(Math.Max(needed, _capacity + Vector256<double>.Count));
    }

    /// <summary>Room for the scores that are added next, and for those of a whole vector behind the last.</summary>
    internal Span<double> Room() => _scores.AsSpan(_count);

    /// <summary>Adds the first so many scores in <see cref="Room"/>.</summary>
    internal void Add(int scores)
    {
        _counts!.Add(_scores.AsSpan(_count, scores));
        _count += scores;
    }

    internal void AddActive(long daily, long weekly, long monthly)
    {
        _daily += daily;
        _weekly += weekly;
        _monthly += monthly;
    }

    /// <summary>Notes customers that are left out.</summary>
    internal void AddAhead(long customers) => _ahead += customers;

    /// <summary>Adds customers in each stage of the lifecycle.</summary>
    internal void AddLifecycles(ReadOnlySpan<long> customers)
    {
        for (var i = 0; i < _lifecycles.Length; i++)
        {
            _lifecycles[i] += customers[i];
        }
    }

    /// <summary>Ranks a customer, if it is to be; <see cref="CompleteRanked"/> sees to what is told of it.</summary>
    internal void Rank(ReadOnlySpan<byte> customerId, double score, bool isChurned)
    {
        var top = _top.WouldTake(score, customerId);
        var bottom = !(isChurned && _bottomWithoutChurned) && _bottom.WouldTake(score, customerId);
        if (!top && !bottom)
        {
            return;
        }
        var customer = new RankedCustomer(Encoding.UTF8.GetString(customerId), score);
        if (top)
        {
            _top.Take(customer);
        }
        if (bottom)
        {
            _bottom.Take(customer);
        }
    }

    /// <summary>Completes what is told of those that are ranked in the end: few, while many are ranked for a time.</summary>
    internal void CompleteRanked(Func<RankedCustomer, RankedCustomer> complete)
    {
        _top.Complete(complete);
        _bottom.Complete(complete);
    }

    internal void NoteNewest(Instant newest) => NewestEvent = Instant.Max(NewestEvent, newest);

    /// <summary>The totals of the members' events; null when they are not wanted.</summary>
    internal EventTotals? OfMembers => _wantsTotals ? _ofMembers : null;

    /// <summary>Gives the totals of <see cref="OfMembers"/> names, once all of a population are there.</summary>
    internal void TakeTotals(FactsSchema schema)
    {
        var totals = _ofMembers.ByType;
        for (var type = 0; type < totals.Length; type++)
        {
            if (totals[type] is { Customers: > 0 } total)
            {
                var name = schema.EventTypes[type];
                AddTotal(_totals, new EventTypeTotal(name, total.Customers, total.Count, total.Value));
            }
        }
        if (totals.Length > 0)
        {
            _ofMembers = new EventTotals();
        }
    }

    private void TakeFigures(SegmentTally other)
    {
        NoteNewest(other.NewestEvent);
        AddActive(other._daily, other._weekly, other._monthly);
        AddAhead(other._ahead);
        AddLifecycles(other._lifecycles);
        _top.Take(other._top);
        _bottom.Take(other._bottom);
        foreach (var total in other._totals.Values)
        {
            AddTotal(_totals, total);
        }
    }

    private void TakeScores(IReadOnlyList<SegmentTally> tallies, ScoringModel model)
    {
        SegmentTally[] scored = [.. tallies.Where(tally => tally._count > 0)];
        if (scored.Length == 0)
        {
            return;
        }
        _scores = ArrayPool<double>.Shared.Rent(_capacity + Vector256<double>.Count);
        foreach (var tally in scored)
        {
            tally._scores.AsSpan(0, tally._count).CopyTo(_scores.AsSpan(_count));
            _count += tally._count;
            tally.Release();
        }
        // Those of different rulers do not go together, those that were sent have none.
        if (scored[0]._counts is { } first && scored.All(tally => tally._counts?.By == first.By))
        {
            _counts = new ScoreCounts(first.By);
            foreach (var tally in scored)
            {
                _counts.Add(tally._counts!);
            }
        }
        else
        {
            _counts = ScoreDistribution.CountsOf(_scores.AsMemory(0, _count), model, _histogram);
        }
    }

    private static ScoreDistribution Distribution(
        IReadOnlyList<SegmentTally> tallies,
        SegmentQuery query,
        ScoringModel model
    )
    {
        if (tallies.Any(t => t._scores is null))
        {
            return OfDigests(tallies, query, model);
        }
        ReadOnlyMemory<double>[] scores = [.. tallies.Select(t => t._scores.AsMemory(0, t._count))];
        // Those that were sent have no counts, those of different rulers none that go together.
        return tallies[0]._counts is { } counts && tallies.All(t => t._counts?.By == counts.By)
            ? new ScoreDistribution(scores, [.. tallies.Select(t => t._counts!)], query.Percentiles)
            : ScoreDistribution.Of(scores, model, query.Histogram, query.Percentiles);
    }

    private void Release()
    {
        if (_scores is not null)
        {
            ArrayPool<double>.Shared.Return(_scores);
            _scores = null;
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
