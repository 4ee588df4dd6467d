using Scoring.Core.Serialization;
using Scoring.Core.Time;

namespace Scoring.Core.Facts;

/// <summary>The stored form of one customer's facts, with event types and features by name: the same for every host.</summary>
internal static class FactsRecord
{
    /// <summary>The form without numbers of uses, in which each feature was used once as far as is known.</summary>
    public const byte WithoutUses = 2;

    /// <summary>The form that facts are written in, with numbers of uses and the day of the newest event of each type.</summary>
    public const byte Current = 4;

    /// <summary>The form with numbers of uses but without days, in which the day of no newest event is known.</summary>
    private const byte WithUses = 3;

    // The newest event, the newest active day and the words of active days.
    private const int HeaderBytes = sizeof(long) + sizeof(int) + (3 * sizeof(ulong));

    /// <summary>Writes facts in the form of <see cref="Current"/>, which is not written with them.</summary>
    public static void Write(FactsView facts, FactsSchema schema, ref RecordWriter writer)
    {
        writer.Int64(facts.LastEvent.Ticks);
        var days = facts.ActiveDays;
        var (low, middle, high) = days.Bits;
        writer.Int32(days.Newest);
        writer.UInt64(low);
        writer.UInt64(middle);
        writer.UInt64(high);
        writer.Count(schema.HalfLives.Length);
        foreach (var halfLife in schema.HalfLives)
        {
            writer.Count(halfLife.Days);
        }
        var count = 0;
        foreach (var series in facts.Series)
        {
            count += series.HasValues ? 2 : 1;
        }
        writer.Count(count);
        foreach (var series in facts.Series)
        {
            var name = schema.EventTypes.Utf8(series.EventType);
            writer.Byte(0);
            writer.Text(name);
            writer.Int64(series.Count);
            writer.Count(series.NewestDay);
            writer.Values(series.Decayed);
            if (series.HasValues)
            {
                writer.Byte(1);
                writer.Text(name);
                writer.Values(series.Values);
                writer.Values(series.DecayedValues);
            }
        }
        writer.Count(facts.Features.Length);
        foreach (var word in facts.Features)
        {
            var use = new FeatureUse(word);
            writer.Text(schema.Features.Utf8(use.Feature));
            writer.Int32(use.LastDay);
            writer.Int32(use.Uses);
        }
    }

    /// <summary>Reads facts into words, which are made larger as needed.</summary>
    /// <param name="form">The form that they are in.</param>
    /// <param name="schema">The schema.</param>
    /// <param name="reader">Where they begin.</param>
    /// <param name="words">Gets them.</param>
    /// <returns>The words that they take.</returns>
    /// <exception cref="InvalidDataException">The record is not one of facts with the half-lives of the schema.</exception>
    public static ReadOnlySpan<ulong> Read(byte form, FactsSchema schema, ref RecordReader reader, ref ulong[] words)
    {
        FactsView.Clear(words.AsSpan(0, FactsView.HeaderWords));
        var facts = new FactsView(words, schema);
        facts.LastEvent = new Instant(reader.Int64());
        facts.ActiveDays = ActiveDays.From(reader.Int32(), reader.UInt64(), reader.UInt64(), reader.UInt64());
        RequireHalfLives(schema, ref reader);
        var stride = schema.SumsPerSeries;
        Span<ulong> decayed = stackalloc ulong[stride - 1];
        Span<ulong> values = stackalloc ulong[ValueSum.Words];
        var last = -1;
        for (var left = reader.Count(); left > 0; left--)
        {
            Reserve(ref words, facts.Length + stride + ValueSum.Words);
            facts = new FactsView(words, schema);
            var isCount = (reader.Byte() & 1) == 0;
            var type = schema.EventTypes.InternOften(reader.Text());
            long? count = isCount ? reader.Int64() : null;
            var newestDay = isCount && form == Current ? reader.Count() : 0;
            if (!isCount)
            {
                reader.Values(values);
            }
            reader.Values(decayed);
            RequireSound(facts, type, count, newestDay, last);
            facts.AddStored(type, count, newestDay, values, decayed);
            last = isCount ? type : -1;
        }
        for (var left = reader.Count(); left > 0; left--)
        {
            Reserve(ref words, facts.Length + 1);
            facts = new FactsView(words, schema);
            var feature = schema.Features.InternOften(reader.Text());
            var (day, uses) = (reader.Int32(), form >= WithUses ? reader.Int32() : 1);
            if (
                feature > FeatureUse.MaxFeature
                || day is < 0 or > FeatureUse.MaxDay
                || uses is < 1 or > FeatureUse.MaxUses
                || facts.HasUsed(feature)
            )
            {
                throw new InvalidDataException("A record has a use of a feature that cannot be.");
            }
            facts.UseFeature(feature, day, uses);
        }
        return words.AsSpan(0, facts.Length);
    }

    /// <summary>Goes over what stands before the series.</summary>
    /// <returns>The number of half-lives.</returns>
    public static int SkipHeader(ref RecordReader reader)
    {
        reader.Skip(HeaderBytes);
        var halfLives = reader.Count();
        for (var left = halfLives; left > 0; left--)
        {
            reader.Count();
        }
        return halfLives;
    }

    /// <summary>Goes over a series.</summary>
    /// <param name="reader">Where it begins.</param>
    /// <param name="form">The form that it is in.</param>
    /// <param name="halfLives">The number of half-lives.</param>
    /// <param name="type">Its event type in UTF-8.</param>
    /// <returns>Its events; null for one of values, which stands beside one that counts them.</returns>
    public static long? SkipSeries(ref RecordReader reader, byte form, int halfLives, out ReadOnlySpan<byte> type)
    {
        var isCount = (reader.Byte() & 1) == 0;
        type = reader.Text();
        long? count = isCount ? reader.Int64() : null;
        if (isCount && form == Current)
        {
            reader.Count();
        }
        reader.Skip((halfLives + (isCount ? 0 : ValueSum.Words)) * sizeof(ulong));
        return count;
    }

    /// <summary>Goes over a feature.</summary>
    public static void SkipFeature(scoped ref RecordReader reader, byte form, out ReadOnlySpan<byte> feature)
    {
        feature = reader.Text();
        reader.Skip(form >= WithUses ? 2 * sizeof(int) : sizeof(int));
    }

    private static void Reserve(ref ulong[] words, int length)
    {
        if (length > words.Length)
        {
            Array.Resize(ref words, length * 2);
        }
    }

    private static void RequireHalfLives(FactsSchema schema, ref RecordReader reader)
    {
        var same = reader.Count() == schema.HalfLives.Length;
        for (var i = 0; same && i < schema.HalfLives.Length; i++)
        {
            same = reader.Count() == schema.HalfLives[i].Days;
        }
        if (!same)
        {
            throw new InvalidDataException("The record was written with other half-lives than the workspace has.");
        }
    }

    private static void RequireSound(FactsView facts, int type, long? count, int newestDay, int last)
    {
        if (count is null ? last != type : facts.Has(type))
        {
            throw new InvalidDataException("A record has a series twice or values without their count.");
        }
        if (
            type > SeriesView.MaxEventType
            || count is < 0 or > SeriesView.MaxCount
            || newestDay is < 0 or > SeriesView.MaxDay
        )
        {
            throw new InvalidDataException("A record has a count or a day that cannot be.");
        }
    }
}
