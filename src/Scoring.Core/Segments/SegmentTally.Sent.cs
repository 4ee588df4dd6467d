using System.Buffers;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using Scoring.Core.Models;
using Scoring.Core.Serialization;
using Scoring.Core.Time;

namespace Scoring.Core.Segments;

/// <content>The forms in which a tally is sent to where tallies are summed up.</content>
/// <remarks>
/// With every score, or, where there are many, brief: with what the scores amount to. Then the tally stays where it was made until it was said
/// which ranges of scores the percentiles lie in (<see cref="Wanted"/>), and the scores in these are sent after it.
/// </remarks>
public sealed partial class SegmentTally
{
    private const byte SentVersion = 3;
    private const byte SentBriefly = 4;
    private ScoreDigest? _digest;
    private PickedRanges? _picked;

    /// <summary>Whether it was sent without scores, and those that percentiles may need were not sent after it either.</summary>
    public bool IsBrief => _count > 0 && _scores is null && _picked is null;

    /// <summary>Writes the tally as it is sent: every score, so that what is summed up elsewhere is exact. The tally is void from then on.</summary>
    public void Write(IBufferWriter<byte> target)
    {
        var writer = new RecordWriter(target);
        writer.Byte(SentVersion);
        WriteHead(ref writer);
        writer.Int32(_count);
        target.Write(MemoryMarshal.AsBytes(_scores.AsSpan(0, _count)));
        Release();
    }

    /// <summary>Writes the tally as it is sent, briefly if it has many scores.</summary>
    /// <param name="target">Gets what is written.</param>
    /// <param name="mostScores">As many are written all the same.</param>
    /// <returns>Whether it may be asked for what is <see cref="Wanted"/>; otherwise it is void from then on.</returns>
    public bool WriteBriefly(IBufferWriter<byte> target, int mostScores)
    {
        if (_count <= mostScores)
        {
            Write(target);
            return false;
        }
        var writer = new RecordWriter(target);
        writer.Byte(SentBriefly);
        WriteHead(ref writer);
        ScoreDigest.Of(_scores.AsMemory(0, _count), _counts!).Write(ref writer);
        if (!_wantsPercentiles)
        {
            Release();
        }
        return _wantsPercentiles;
    }

    /// <summary>Writes the scores that are wanted of a tally that was written briefly. It is void from then on.</summary>
    /// <param name="wanted">What <see cref="Wanted"/> gave.</param>
    /// <param name="target">Gets what is written.</param>
    public void WritePicked(ReadOnlySpan<byte> wanted, IBufferWriter<byte> target)
    {
        var reader = new RecordReader(wanted);
        var ranges = new List<ScoreRange>();
        while (!reader.AtEnd)
        {
            ranges.Add(new ScoreRange(reader.Double(), reader.Double()));
        }
        var writer = new RecordWriter(target);
        new PickedRanges(_scores.AsSpan(0, _count), _counts!, ranges).Write(ref writer);
        Release();
    }

    /// <summary>Reads a tally that answers a query.</summary>
    /// <exception cref="InvalidDataException">The bytes are not a tally.</exception>
    public static SegmentTally Read(ReadOnlySpan<byte> sent, SegmentQuery query)
    {
        var reader = new RecordReader(sent);
        var version = reader.Byte();
        if (version is not (SentVersion or SentBriefly))
        {
            throw new InvalidDataException($"A tally was sent in version {version}; this program reads {SentBriefly}.");
        }
        var newest = new Instant(reader.Int64());
        var (daily, weekly, monthly) = (reader.Int64(), reader.Int64(), reader.Int64());
        var tally = new SegmentTally(query, capacity: 0);
        tally.NoteNewest(newest);
        tally.AddActive(daily, weekly, monthly);
        tally.AddAhead(reader.Int64());
        foreach (ref var customers in tally._lifecycles.AsSpan())
        {
            customers = reader.Int64();
        }
        tally._top.Read(ref reader);
        tally._bottom.Read(ref reader);
        for (var left = reader.Count(); left > 0; left--)
        {
            AddTotal(tally._totals, new(reader.String(), reader.Int64(), reader.Double(), reader.Double()));
        }
        if (version == SentBriefly)
        {
            tally._digest = ScoreDigest.Read(ref reader);
            tally._count = tally._digest.Count;
        }
        else
        {
            tally.ReadScores(ref reader);
        }
        return tally;
    }

    /// <summary>Which scores the percentiles of a query lie among; null when all that they need is there.</summary>
    /// <param name="tallies">The tallies that answer the query, as they were read.</param>
    /// <param name="query">The query.</param>
    /// <param name="model">The model that they were scored by.</param>
    public static byte[]? Wanted(IReadOnlyList<SegmentTally> tallies, SegmentQuery query, ScoringModel model)
    {
        if (query.Percentiles.Count == 0 || !tallies.Any(tally => tally.IsBrief))
        {
            return null;
        }
        var wanted = new ArrayBufferWriter<byte>();
        var writer = new RecordWriter(wanted);
        foreach (var (from, to) in RangesOf([.. tallies.Where(t => t._count > 0)], query, model).Ranges)
        {
            writer.Double(from);
            writer.Double(to);
        }
        return wanted.WrittenSpan.ToArray();
    }

    /// <summary>Adds what <see cref="WritePicked"/> wrote.</summary>
    /// <exception cref="InvalidDataException">The bytes are something else.</exception>
    public void ReadPicked(ReadOnlySpan<byte> picked) => _picked = PickedRanges.Read(picked);

    private static RankedRanges RangesOf(IReadOnlyList<SegmentTally> tallies, SegmentQuery query, ScoringModel model) =>
        new([.. tallies.Select(tally => tally.DigestBy(query, model))], query.Percentiles);

    /// <summary>The figures of tallies some of which were sent briefly; each has customers.</summary>
    private static ScoreDistribution OfDigests(
        IReadOnlyList<SegmentTally> tallies,
        SegmentQuery query,
        ScoringModel model
    )
    {
        var ranges = RangesOf(tallies, query, model);
        var percentiles = query.Percentiles.Count == 0 ? [] : ranges.Select([.. tallies.Select(t => t.Pick(ranges))]);
        return ScoreDistribution.Of([.. tallies.Select(tally => tally._digest!)], percentiles);
    }

    private ScoreDigest DigestBy(SegmentQuery query, ScoringModel model)
    {
        if (_digest is null)
        {
            var scores = _scores.AsMemory(0, _count);
            _counts ??= ScoreDistribution.CountsOf(scores, model, query.Histogram);
            _digest = ScoreDigest.Of(scores, _counts);
        }
        return _digest;
    }

    private PickedRanges Pick(RankedRanges ranges) =>
        _picked ?? new PickedRanges(_scores.AsSpan(0, _count), _counts!, ranges.Ranges);

    private void WriteHead(ref RecordWriter writer)
    {
        writer.Int64(NewestEvent.Ticks);
        writer.Int64(_daily);
        writer.Int64(_weekly);
        writer.Int64(_monthly);
        writer.Int64(_ahead);
        foreach (var customers in _lifecycles)
        {
            writer.Int64(customers);
        }
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

    private void ReadScores(ref RecordReader reader)
    {
        var count = reader.Int32();
        var scores = reader.Rest;
        if (count < 0 || (long)count * sizeof(double) != scores.Length)
        {
            throw new InvalidDataException("A tally has another number of scores than it says.");
        }
        _count = count;
        _scores = ArrayPool<double>.Shared.Rent(count + Vector256<double>.Count);
        scores.CopyTo(MemoryMarshal.AsBytes(_scores.AsSpan()));
    }
}
