using System.Buffers;
using System.Runtime.InteropServices;
using System.Text;
using Scoring.Core.Facts;
using Scoring.Core.Lifecycles;
using Scoring.Core.Models;
using Scoring.Core.Serialization;
using Scoring.Core.Time;

namespace Scoring.Core.Segments;

/// <summary>What one population, or several one after the other, add to the statistics of a segment. Tallies are summed up together, once.</summary>
public sealed class SegmentTally
{
    // 3 to 5 were without the activity of complete days.
    private const byte SentWithScores = 6;
    private const byte SentWithout = 7;
    private readonly int _capacity;
    private readonly bool _wantsTotals;
    private readonly Ranking _top;
    private readonly Ranking _bottom;
    private readonly SortedDictionary<string, EventTypeTotal> _totals = new(StringComparer.Ordinal);
    private EventTotals _ofMembers = new();

    // Of a tally that was sent without its scores, what they amount to.
    private ScoreDistribution? _sent;
    private readonly bool _bottomWithoutChurned;

    // The five figures of activity, customers left out, those in each stage of the lifecycle.
    private readonly long[] _customers = new long[6 + LifecycleCount.Stages];

    /// <summary>A tally of nobody.</summary>
    /// <param name="query">The query that it answers.</param>
    /// <param name="capacity">Customers that it is likely to get.</param>
    public SegmentTally(SegmentQuery query, int capacity)
    {
        (_capacity, _wantsTotals) = (capacity, query.EventTotals);
        _bottomWithoutChurned = query.BottomWithoutChurned;
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

    private long Count => _sent?.Moments.Count ?? Scores.Count;

    /// <summary>Sums tallies of distinct customers up.</summary>
    /// <param name="tallies">The tallies; void from then on.</param>
    /// <param name="query">The query that they answer.</param>
    /// <param name="model">The model that they were scored by.</param>
    /// <param name="readTime">The instant that they were scored at.</param>
    /// <returns>The statistics; without percentiles where tallies came without the scores that tell them, which hardly ever happens.</returns>
    public static SegmentStatistics Summarize(
        IReadOnlyList<SegmentTally> tallies,
        SegmentQuery query,
        ScoringModel model,
        Instant readTime
    )
    {
        var all = FiguresOf(tallies, query);
        var statistics = new SegmentStatistics
        {
            Customers = tallies.Sum(t => t.Count),
            AheadCustomers = all.Ahead,
            Histogram = query.Histogram.WithCounts(new long[query.Histogram.Buckets + 2]),
            Bands = BandCount.Of(new long[model.Bands.Count], model),
            Lifecycles = LifecycleCount.Of([.. all.Lifecycles]),
            Top = all._top.Customers,
            Bottom = all._bottom.Customers,
            EventTotals = [.. all._totals.Values],
            Percentiles = [],
            ReadTime = readTime,
            ModelName = model.Name,
            ModelVersion = model.Version,
        };
        var parts = tallies.Select(tally => tally._sent).OfType<ScoreDistribution>().ToList();
        if (DistributionOf(tallies, query, model, isPart: parts.Count > 0) is { } here)
        {
            parts.Add(here);
        }
        if (parts.Count == 0)
        {
            return statistics;
        }
        var together = ScoreDistribution.Merge(parts);
        return statistics with
        {
            Mean = together.Moments.Mean,
            StandardDeviation = together.Moments.Deviation,
            Min = together.Moments.Min,
            Max = together.Moments.Max,
            Percentiles = PercentileRanks.Select(query.Percentiles, parts) ?? [],
            Histogram = query.Histogram.WithCounts(together.Histogram),
            Bands = BandCount.Of(together.Bands, model),
            EngagementIndex = EngagementIndex.Of(together.Bands, model),
            Activity = Activity.Of(all.Active),
        };
    }

    /// <summary>
    /// Writes tallies of distinct customers as one, to be sent to where it is summed up with others: with every score, or, where there are many,
    /// with what they amount to and those among which the percentiles of all will most likely be.
    /// </summary>
    /// <remarks>Only sums that are not whole numbers (the mean, the values of events) may be rounded otherwise than without this.</remarks>
    /// <param name="tallies">The tallies, none of which was sent; void from then on.</param>
    /// <param name="query">The query that they answer.</param>
    /// <param name="model">The model that they were scored by.</param>
    /// <param name="mostScores">As many scores are written all the same, and more where percentiles are so many that nothing would be saved.</param>
    /// <param name="target">Gets what is written.</param>
    public static void Write(
        IReadOnlyList<SegmentTally> tallies,
        SegmentQuery query,
        ScoringModel model,
        int mostScores,
        IBufferWriter<byte> target
    )
    {
        var all = FiguresOf(tallies, query);
        var count = tallies.Sum(tally => (long)tally.Scores.Count);
        var around = query.Percentiles.Count * 2 * PercentileRanks.ReachOf(count);
        var isFew = count > mostScores && count > around;
        var writer = new RecordWriter(target);
        writer.Byte(isFew ? SentWithout : SentWithScores);
        all.WriteFigures(ref writer);
        if (isFew)
        {
            DistributionOf(tallies, query, model, isPart: true)!.Write(ref writer);
            return;
        }
        writer.Int32((int)count);
        foreach (var tally in tallies)
        {
            target.Write(MemoryMarshal.AsBytes(tally.Scores.All));
            tally.Scores.Release();
        }
    }

    /// <summary>Reads a tally that answers a query.</summary>
    /// <exception cref="InvalidDataException">The bytes are not a tally.</exception>
    public static SegmentTally Read(ReadOnlySpan<byte> sent, SegmentQuery query)
    {
        var reader = new RecordReader(sent);
        var version = reader.Byte();
        if (version is not (SentWithScores or SentWithout))
        {
            throw new InvalidDataException($"A tally was sent in version {version}; this program reads {SentWithout}.");
        }
        var tally = new SegmentTally(query, capacity: 0);
        tally.ReadFigures(ref reader);
        if (version == SentWithScores)
        {
            tally.ReadScores(ref reader);
            return tally;
        }
        tally._sent = ScoreDistribution.Read(ref reader);
        return tally._sent.Windows.Length == query.Percentiles.Count
            ? tally
            : throw new InvalidDataException("A tally has windows for other percentiles than are asked for.");
    }

    /// <summary>The scores of the members.</summary>
    internal ScoreList Scores { get; } = new();

    /// <summary>Makes room for the scores of another population.</summary>
    internal void Reserve(int customers) => Scores.Reserve(Math.Max(Scores.Count + customers, _capacity));

    /// <summary>The figures of <see cref="Activity"/>, in its order.</summary>
    internal Span<long> Active => _customers.AsSpan(0, 5);

    /// <summary>Takes over what is told of customers whatever they are scored by.</summary>
    /// <param name="same">A tally of the same customers by another model.</param>
    internal void TakeCustomers(SegmentTally same)
    {
        NewestEvent = same.NewestEvent;
        same._customers.CopyTo(_customers, 0);
    }

    /// <summary>Customers that are left out.</summary>
    internal ref long Ahead => ref _customers[5];

    /// <summary>Customers in each stage of the lifecycle.</summary>
    internal Span<long> Lifecycles => _customers.AsSpan(6);

    /// <summary>Ranks a customer, if it is to be; <see cref="CompleteRanked"/> sees to what is told of it.</summary>
    internal void Rank(ReadOnlySpan<byte> customerId, double score, bool isAtRisk)
    {
        var top = _top.WouldTake(score, customerId);
        var bottom = (isAtRisk || !_bottomWithoutChurned) && _bottom.WouldTake(score, customerId);
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
                AddTotal(new EventTypeTotal(name, total.Customers, total.Count, total.Value));
            }
        }
        if (totals.Length > 0)
        {
            _ofMembers = new EventTotals();
        }
    }

    private static SegmentTally FiguresOf(IReadOnlyList<SegmentTally> tallies, SegmentQuery query)
    {
        var all = new SegmentTally(query, capacity: 0);
        foreach (var tally in tallies)
        {
            all.TakeFigures(tally);
        }
        return all;
    }

    private void TakeFigures(SegmentTally other)
    {
        NoteNewest(other.NewestEvent);
        for (var i = 0; i < _customers.Length; i++)
        {
            _customers[i] += other._customers[i];
        }
        _top.Take(other._top);
        _bottom.Take(other._bottom);
        foreach (var total in other._totals.Values)
        {
            AddTotal(total);
        }
    }

    /// <summary>What the scores of those tallies amount to that have theirs; null when there are none. The tallies are void from then on.</summary>
    private static ScoreDistribution? DistributionOf(
        IReadOnlyList<SegmentTally> tallies,
        SegmentQuery query,
        ScoringModel model,
        bool isPart
    )
    {
        ScoreList[] scores = [.. tallies.Select(tally => tally.Scores)];
        ScoreList[] parts = [.. scores.Where(part => part.Count > 0)];
        var distribution =
            parts.Length == 0 ? null : ScoreDistribution.Of(parts, model, query.Histogram, query.Percentiles, isPart);
        Array.ForEach(scores, part => part.Release());
        return distribution;
    }

    private void WriteFigures(ref RecordWriter writer)
    {
        writer.Int64(NewestEvent.Ticks);
        writer.Values(_customers);
        _top.Write(ref writer);
        _bottom.Write(ref writer);
        writer.Count(_totals.Count);
        foreach (var total in _totals.Values)
        {
            writer.Text(total.EventType);
            writer.Int64(total.Customers);
            writer.Double(total.Count);
            writer.Double(total.Value);
        }
    }

    private void ReadFigures(ref RecordReader reader)
    {
        NewestEvent = new Instant(reader.Int64());
        reader.Values(_customers);
        _top.Read(ref reader);
        _bottom.Read(ref reader);
        for (var left = reader.Count(); left > 0; left--)
        {
            AddTotal(new(reader.String(), reader.Int64(), reader.Double(), reader.Double()));
        }
    }

    private void ReadScores(ref RecordReader reader)
    {
        var count = reader.Int32();
        var scores = reader.Rest;
        if (count < 0 || (long)count * sizeof(double) != scores.Length)
        {
            throw new InvalidDataException("A tally has another number of scores than it says.");
        }
        Scores.Reserve(count);
        scores.CopyTo(MemoryMarshal.AsBytes(Scores.Room));
        Scores.Add(count);
    }

    private void AddTotal(EventTypeTotal added) =>
        _totals[added.EventType] = _totals.TryGetValue(added.EventType, out var total)
            ? new EventTypeTotal(
                added.EventType,
                total.Customers + added.Customers,
                total.Count + added.Count,
                total.Value + added.Value
            )
            : added;
}
