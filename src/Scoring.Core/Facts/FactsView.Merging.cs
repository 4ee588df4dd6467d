using Scoring.Core.Time;

namespace Scoring.Core.Facts;

/// <content>The facts of two customers who turn out to be one.</content>
internal readonly ref partial struct FactsView
{
    /// <summary>
    /// Adds what another customer did, as if this one had done it: counts, sums of values and active days are what they would be then to the bit, decayed sums but for
    /// rounding.
    /// </summary>
    /// <param name="other">The other's facts; nothing of them is to be used afterwards. There is room for both.</param>
    public void Add(FactsView other)
    {
        var newest = Instant.Max(LastEvent, other.LastEvent);
        MoveLandmarks(newest);
        other.MoveLandmarks(newest);
        foreach (var series in other.Series)
        {
            Add(series);
        }
        var days = ActiveDays;
        foreach (var day in other.ActiveDays.All)
        {
            days.Mark(day);
        }
        ActiveDays = days;
        foreach (var word in other.Features)
        {
            var use = new FeatureUse(word);
            UseFeature(use.Feature, use.LastDay, use.Uses);
        }
    }

    private void Add(SeriesView series)
    {
        var at = Find(series.EventType);
        at = at < 0 ? AddCount(series.EventType) : at;
        if (series.HasValues && (_words[at] & HasValue) == 0)
        {
            AddValues(at);
        }
        _words[at] = SeriesView.Sum(_words[at], series.Words[0], LastEvent);
        AddDecayed(at + 1, series.Decayed);
        if ((_words[at] & HasValue) == 0)
        {
            return;
        }
        var values = _words.Slice(at + _schema.SumsPerSeries, ValueSum.Words);
        if (series.HasValues)
        {
            ValueSum.Add(values, series.Values);
            AddDecayed(at + ValueStride + 1, series.DecayedValues);
        }
        else
        {
            // All its values were 1.
            Span<ulong> ones = stackalloc ulong[ValueSum.Words];
            ValueSum.SetCount(ones, (ulong)series.Count);
            ValueSum.Add(values, ones);
            AddDecayed(at + ValueStride + 1, series.Decayed);
        }
    }

    private void AddDecayed(int at, ReadOnlySpan<ulong> sums)
    {
        for (var i = 0; i < sums.Length; i++)
        {
            _words[at + i] = Bits(Double(at + i) + BitConverter.UInt64BitsToDouble(sums[i]));
        }
    }
}
