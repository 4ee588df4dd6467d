using System.Diagnostics;
using Scoring.Core.Models;
using Scoring.Core.Serialization;
using Scoring.Core.Time;

namespace Scoring.Core.Facts;

/// <summary>What happened to one customer: never a score. Models interpret it.</summary>
/// <remarks>
/// <para>
/// A <em>series</em> is an event type counted, or its values summed; it has a lifetime sum and one decayed sum per half-life. The sum of
/// values is kept from the first value on that is not 1; until then it equals the count.
/// </para>
/// <para>
/// The landmark of each half-life's sums is the newest on the grid that is not after the newest event, so it follows from the facts
/// themselves and is stored nowhere.
/// </para>
/// <para>Facts are bound to one <see cref="FactsSchema"/>, which every call must be given.</para>
/// </remarks>
public sealed class CustomerFacts
{
    // Series number: event type x 2, + 1 for the sum of values. A value series stands right behind its count.
    private int[] _series = [];
    private double[] _sums = [];
    private int _seriesCount;
    private int[] _features = [];
    private int[] _featureDays = [];
    private int _featureCount;
    private ActiveDays _activeDays;

    /// <summary>The newest event; <see cref="Instant.MinValue"/> when there was none.</summary>
    public Instant LastEvent { get; private set; } = Instant.MinValue;

    /// <summary>The days with activity.</summary>
    public ActiveDays ActiveDays => _activeDays;

    /// <summary>Adds an event.</summary>
    /// <param name="schema">The schema of these facts.</param>
    /// <param name="eventType">Number of the event type.</param>
    /// <param name="value">The event's value; finite.</param>
    /// <param name="feature">Number of the feature used; -1 for none.</param>
    /// <param name="occurredAt">When it happened; any order.</param>
    /// <param name="active">Whether the event makes the customer active on its day.</param>
    public void Record(FactsSchema schema, int eventType, double value, int feature, Instant occurredAt, bool active)
    {
        Debug.Assert(double.IsFinite(value), "values are validated before they get here");
        MoveLandmarks(schema, occurredAt);
        var count = SeriesAt(schema, eventType);
        var hasValue = HasValueAt(count);
        if (!hasValue && value != 1)
        {
            InsertValueSeries(schema, count);
            hasValue = true;
        }
        var stride = schema.SumsPerSeries;
        var sums = _sums.AsSpan(count * stride);
        sums[0] += 1;
        if (hasValue)
        {
            sums[stride] += value;
        }
        for (var i = 0; i < schema.HalfLives.Length; i++)
        {
            var halfLife = schema.HalfLives[i];
            var weight = halfLife.WeightAt(occurredAt, halfLife.LandmarkAt(LastEvent));
            sums[1 + i] += weight;
            if (hasValue)
            {
                sums[stride + 1 + i] += weight * value;
            }
        }
        if (active)
        {
            _activeDays.Mark(occurredAt.UtcDay);
        }
        if (feature >= 0)
        {
            UseFeature(feature, occurredAt.UtcDay);
        }
    }

    /// <summary>Adds the facts of another customer of the same schema, as if all events had been this customer's.</summary>
    public void Merge(FactsSchema schema, CustomerFacts other)
    {
        if (other.LastEvent == Instant.MinValue)
        {
            return;
        }
        MoveLandmarks(schema, other.LastEvent);
        for (var from = 0; from < other._seriesCount; from++)
        {
            if ((other._series[from] & 1) == 0)
            {
                MergeType(schema, other, from);
            }
        }
        _activeDays.Merge(other._activeDays);
        for (var i = 0; i < other._featureCount; i++)
        {
            UseFeature(other._features[i], other._featureDays[i]);
        }
    }

    /// <summary>Whether the customer has had an event of a type.</summary>
    public bool Has(int eventType) => IndexOf(eventType * 2) >= 0;

    /// <summary>The quantity of an event type at an instant; 0 when the customer has had none.</summary>
    /// <param name="schema">The schema of these facts.</param>
    /// <param name="eventType">Number of the event type.</param>
    /// <param name="measure">Whether to count events or sum values.</param>
    /// <param name="sum">0 for the lifetime quantity, i + 1 for the i-th half-life of the schema.</param>
    /// <param name="readTime">The instant; not before <see cref="LastEvent"/>.</param>
    public double Quantity(FactsSchema schema, int eventType, Measure measure, int sum, Instant readTime)
    {
        var index = IndexOf(eventType * 2);
        if (index < 0)
        {
            return 0;
        }
        if (measure == Measure.Value && HasValueAt(index))
        {
            index++;
        }
        var quantity = _sums[(index * schema.SumsPerSeries) + sum];
        return sum == 0 ? quantity : quantity * Factor(schema, sum, readTime);
    }

    /// <summary>What a decayed sum is multiplied by to be read at an instant; 1 for the lifetime sum.</summary>
    internal double Factor(FactsSchema schema, int sum, Instant readTime) =>
        sum == 0 || LastEvent == Instant.MinValue
            ? 1
            : schema.HalfLives[sum - 1].FactorAt(readTime, schema.HalfLives[sum - 1].LandmarkAt(LastEvent));

    /// <summary>The series, with count series before their value series.</summary>
    internal SeriesEnumerator Series(FactsSchema schema) => new(this, schema.SumsPerSeries);

    /// <summary>The features used and the UTC day each was last used on.</summary>
    internal (ReadOnlyMemory<int> Features, ReadOnlyMemory<int> LastDays) Features =>
        (_features.AsMemory(0, _featureCount), _featureDays.AsMemory(0, _featureCount));

    internal void Write(FactsSchema schema, ref RecordWriter writer)
    {
        writer.Int64(LastEvent.Ticks);
        var (low, middle, high) = _activeDays.Bits;
        writer.Int32(_activeDays.Newest);
        writer.UInt64(low);
        writer.UInt64(middle);
        writer.UInt64(high);
        writer.Count(schema.HalfLives.Length);
        foreach (var halfLife in schema.HalfLives)
        {
            writer.Count(halfLife.Days);
        }
        writer.Count(_seriesCount);
        for (var i = 0; i < _seriesCount; i++)
        {
            writer.Byte((byte)(_series[i] & 1));
            writer.Text(schema.EventTypes[_series[i] >> 1]);
            foreach (var sum in _sums.AsSpan(i * schema.SumsPerSeries, schema.SumsPerSeries))
            {
                writer.Double(sum);
            }
        }
        writer.Count(_featureCount);
        for (var i = 0; i < _featureCount; i++)
        {
            writer.Text(schema.Features[_features[i]]);
            writer.Int32(_featureDays[i]);
        }
    }

    /// <exception cref="InvalidDataException">The record is not one of facts with the half-lives of the schema.</exception>
    internal static CustomerFacts Read(FactsSchema schema, ref RecordReader reader)
    {
        var facts = new CustomerFacts { LastEvent = new Instant(reader.Int64()) };
        facts._activeDays = ActiveDays.From(reader.Int32(), reader.UInt64(), reader.UInt64(), reader.UInt64());
        var halfLives = reader.Count();
        if (halfLives != schema.HalfLives.Length)
        {
            throw new InvalidDataException("The record was written with other half-lives than the workspace has.");
        }
        foreach (var halfLife in schema.HalfLives)
        {
            if (reader.Count() != halfLife.Days)
            {
                throw new InvalidDataException("The record was written with other half-lives than the workspace has.");
            }
        }
        facts._seriesCount = reader.Count();
        facts._series = new int[facts._seriesCount];
        facts._sums = new double[facts._seriesCount * schema.SumsPerSeries];
        for (var i = 0; i < facts._seriesCount; i++)
        {
            var measure = reader.Byte() & 1;
            facts._series[i] = (schema.EventTypes.Intern(reader.Text()) * 2) + measure;
            foreach (ref var sum in facts._sums.AsSpan(i * schema.SumsPerSeries, schema.SumsPerSeries))
            {
                sum = reader.Double();
            }
        }
        facts._featureCount = reader.Count();
        facts._features = new int[facts._featureCount];
        facts._featureDays = new int[facts._featureCount];
        for (var i = 0; i < facts._featureCount; i++)
        {
            facts._features[i] = schema.Features.Intern(reader.Text());
            facts._featureDays[i] = reader.Int32();
        }
        return facts;
    }

    private void MoveLandmarks(FactsSchema schema, Instant newest)
    {
        if (newest <= LastEvent)
        {
            return;
        }
        if (LastEvent != Instant.MinValue)
        {
            for (var i = 0; i < schema.HalfLives.Length; i++)
            {
                var halfLife = schema.HalfLives[i];
                var (from, to) = (halfLife.LandmarkAt(LastEvent), halfLife.LandmarkAt(newest));
                if (from != to)
                {
                    ScaleSums(1 + i, schema.SumsPerSeries, HalfLife.Move(from, to));
                }
            }
        }
        LastEvent = newest;
    }

    private void ScaleSums(int sum, int stride, double factor)
    {
        for (var i = sum; i < _seriesCount * stride; i += stride)
        {
            _sums[i] *= factor;
        }
    }

    private void MergeType(FactsSchema schema, CustomerFacts other, int from)
    {
        var into = SeriesAt(schema, other._series[from] >> 1);
        var valueFrom = other.HasValueAt(from) ? from + 1 : from;
        if (valueFrom != from && !HasValueAt(into))
        {
            InsertValueSeries(schema, into);
        }
        AddSums(schema, other, from, into);
        if (HasValueAt(into))
        {
            AddSums(schema, other, valueFrom, into + 1);
        }
    }

    private void AddSums(FactsSchema schema, CustomerFacts other, int from, int into)
    {
        var stride = schema.SumsPerSeries;
        for (var sum = 0; sum < stride; sum++)
        {
            var move = 1.0;
            if (sum > 0)
            {
                var halfLife = schema.HalfLives[sum - 1];
                move = HalfLife.Move(halfLife.LandmarkAt(other.LastEvent), halfLife.LandmarkAt(LastEvent));
            }
            _sums[(into * stride) + sum] += other._sums[(from * stride) + sum] * move;
        }
    }

    private int IndexOf(int series) => _series.AsSpan(0, _seriesCount).IndexOf(series);

    private bool HasValueAt(int count) => count + 1 < _seriesCount && _series[count + 1] == (_series[count] | 1);

    /// <summary>Index of an event type's count, which is added if it was not there.</summary>
    private int SeriesAt(FactsSchema schema, int eventType)
    {
        var index = IndexOf(eventType * 2);
        if (index < 0)
        {
            index = _seriesCount;
            InsertSeries(schema, index, eventType * 2);
        }
        return index;
    }

    private void InsertValueSeries(FactsSchema schema, int count)
    {
        InsertSeries(schema, count + 1, _series[count] + 1);
        var stride = schema.SumsPerSeries;
        // All values so far were 1, so their sums are those of the count.
        _sums.AsSpan(count * stride, stride).CopyTo(_sums.AsSpan((count + 1) * stride));
    }

    private void InsertSeries(FactsSchema schema, int index, int series)
    {
        var stride = schema.SumsPerSeries;
        if (_seriesCount == _series.Length)
        {
            var capacity = _seriesCount + 1 + (_seriesCount / 2);
            Array.Resize(ref _series, capacity);
            Array.Resize(ref _sums, capacity * stride);
        }
        _series.AsSpan(index, _seriesCount - index).CopyTo(_series.AsSpan(index + 1));
        _sums.AsSpan(index * stride, (_seriesCount - index) * stride).CopyTo(_sums.AsSpan((index + 1) * stride));
        _series[index] = series;
        _sums.AsSpan(index * stride, stride).Clear();
        _seriesCount++;
    }

    private void UseFeature(int feature, int day)
    {
        var index = _features.AsSpan(0, _featureCount).IndexOf(feature);
        if (index >= 0)
        {
            _featureDays[index] = Math.Max(_featureDays[index], day);
            return;
        }
        if (_featureCount == _features.Length)
        {
            var capacity = _featureCount + 1 + (_featureCount / 2);
            Array.Resize(ref _features, capacity);
            Array.Resize(ref _featureDays, capacity);
        }
        _features[_featureCount] = feature;
        _featureDays[_featureCount++] = day;
    }

    /// <summary>Walks over the series of one customer.</summary>
    internal ref struct SeriesEnumerator
    {
        private readonly CustomerFacts _facts;
        private readonly int _stride;
        private int _index;

        public SeriesEnumerator(CustomerFacts facts, int stride)
        {
            _facts = facts;
            _stride = stride;
            _index = -1;
        }

        /// <summary>Number of the series' event type.</summary>
        public readonly int EventType => _facts._series[_index] >> 1;

        /// <summary>Whether the series counts events; otherwise it sums values.</summary>
        public readonly bool IsCount => (_facts._series[_index] & 1) == 0;

        /// <summary>Whether this is the sum of values too, all values so far having been 1.</summary>
        public readonly bool StandsForValue => !_facts.HasValueAt(_index);

        /// <summary>The lifetime sum, then the decayed ones.</summary>
        public readonly ReadOnlySpan<double> Sums => _facts._sums.AsSpan(_index * _stride, _stride);

        public bool MoveNext() => ++_index < _facts._seriesCount;
    }
}
