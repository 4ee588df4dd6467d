namespace Scoring.Core.Segments;

/// <summary>The ranges that hold the ranks of some percentiles of scores that lie elsewhere, as narrow as their digests tell.</summary>
internal sealed class RankedRanges
{
    private readonly IReadOnlyList<double> _percentiles;
    private readonly IReadOnlyList<ScoreLadder> _ladders;
    private readonly long _count;
    private readonly double[] _rungs;
    private readonly List<ScoreRange> _ranges = [];

    /// <param name="digests">Those of all scores.</param>
    /// <param name="percentiles">The percentiles.</param>
    public RankedRanges(IReadOnlyList<ScoreDigest> digests, IReadOnlyList<double> percentiles)
    {
        _percentiles = percentiles;
        _ladders = [.. digests.Select(digest => digest.Ladder)];
        _count = digests.Sum(digest => (long)digest.Count);
        _rungs = [.. _ladders.SelectMany(ladder => ladder.Rungs.ToArray())];
        Array.Sort(_rungs);
        foreach (var range in PercentileRanks.Needed(percentiles, _count).Distinct().Order().Select(RangeOf))
        {
            if (_ranges is [.., var last] && range.From <= last.To)
            {
                _ranges[^1] = new ScoreRange(last.From, Math.Max(last.To, range.To));
            }
            else
            {
                _ranges.Add(range);
            }
        }
    }

    /// <summary>The ranges, apart from each other and in ascending order.</summary>
    public IReadOnlyList<ScoreRange> Ranges => _ranges;

    /// <summary>The percentiles, from what was picked of all scores.</summary>
    public Percentile[] Select(IReadOnlyList<PickedRanges> picked)
    {
        var all = PickedRanges.Merge(picked);
        return PercentileRanks.Select(_percentiles, _count, all.ScoreOf);
    }

    private ScoreRange RangeOf(long rank)
    {
        // The last rung that no more scores can lie below, and the first one that more must.
        var from = First(rung => _ladders.Sum(ladder => (long)ladder.AtMostBelow(rung)) > rank) - 1;
        var to = First(rung => _ladders.Sum(ladder => (long)ladder.AtLeastBelow(rung)) > rank);
        return new ScoreRange(_rungs[from], _rungs[to]);
    }

    /// <summary>The first rung of which something is true that stays so further up.</summary>
    private int First(Func<double, bool> isTrue)
    {
        var (first, last) = (0, _rungs.Length - 1);
        while (first < last)
        {
            var middle = first + ((last - first) / 2);
            (first, last) = isTrue(_rungs[middle]) ? (first, middle) : (middle + 1, last);
        }
        return first;
    }
}
