using System.Diagnostics;
using Scoring.Core.Time;

namespace Scoring.Core.Facts;

/// <summary>The facts of one customer in one stretch of memory, wherever that lies: in a population's slab or alone.</summary>
/// <remarks>
/// <para>
/// They are what happened, never a score: models interpret them. The landmark of each half-life's sums is the newest on its grid that is not
/// after the newest event, so it follows from the facts and is stored nowhere.
/// </para>
/// <para>Words of 64 bits, S = <see cref="FactsSchema.SumsPerSeries"/>:</para>
/// <code>
/// 0              newest event, ticks
/// 1 - 3          active days, bit i is the day i days before the newest active one
/// 4              newest active day (32 bits), words of series (16), features (16)
/// 5 ...          series, S words each; those of values S + 2
/// behind them    features, one word each: see FeatureUse
/// </code>
/// <para>
/// A series that counts has in its first word the event type, the day of its newest event, its lifetime count and whether a series of values stands behind it
/// (<see cref="SeriesView"/>); then its decayed sums as doubles. A series of values has its lifetime sum as a <see cref="ValueSum"/> of three words and its decayed sums. So
/// eight types with two half-lives take 192 bytes, and one event touches one or two cache lines.
/// </para>
/// <para>All zero, but for the newest event, are the facts of a customer who had none.</para>
/// </remarks>
internal readonly ref partial struct FactsView(Span<ulong> words, FactsSchema schema)
{
    /// <summary>Words before the series.</summary>
    public const int HeaderWords = 5;

    private const int TypeShift = SeriesView.TypeShift;
    private const ulong HasValue = SeriesView.HasValueBit;

    private readonly Span<ulong> _words = words;
    private readonly FactsSchema _schema = schema;

    /// <summary>The newest event; <see cref="Instant.MinValue"/> when there was none. Set from outside only before any series is there.</summary>
    public Instant LastEvent
    {
        get => new((long)_words[0]);
        set => _words[0] = (ulong)value.Ticks;
    }

    /// <summary>The days with activity.</summary>
    public ActiveDays ActiveDays
    {
        get => ActiveDays.From((int)(uint)_words[4], _words[1], _words[2], _words[3]);
        set
        {
            (_words[1], _words[2], _words[3]) = value.Bits;
            _words[4] = (_words[4] & ~(ulong)uint.MaxValue) | (uint)value.Newest;
        }
    }

    /// <summary>Words in use.</summary>
    public int Length => FeaturesAt + FeatureCount;

    /// <summary>The words in use.</summary>
    public ReadOnlySpan<ulong> Words => _words[..Length];

    /// <summary>The features used, each a <see cref="FeatureUse"/>.</summary>
    public ReadOnlySpan<ulong> Features => _words.Slice(FeaturesAt, FeatureCount);

    /// <summary>The series, one for each event type.</summary>
    public SeriesEnumerator Series => new(SeriesWords, _schema.SumsPerSeries);

    /// <summary>The words of all series.</summary>
    public ReadOnlySpan<ulong> SeriesWords => _words[HeaderWords..FeaturesAt];

    private int SeriesLength => (int)(_words[4] >> 32) & 0xFFFF;

    /// <summary>Words of a series of values.</summary>
    private int ValueStride => _schema.SumsPerSeries + ValueSum.Words - 1;

    private int FeatureCount => (int)(_words[4] >> 48);

    private int FeaturesAt => HeaderWords + SeriesLength;

    /// <summary>Makes words the facts of a customer who had no event.</summary>
    public static void Clear(Span<ulong> words)
    {
        words.Clear();
        words[0] = unchecked((ulong)Instant.MinValue.Ticks);
    }

    /// <summary>Adds an event.</summary>
    /// <param name="eventType">Number of the event type.</param>
    /// <param name="value">The event's value; finite.</param>
    /// <param name="feature">Number of the feature used; -1 for none.</param>
    /// <param name="occurredAt">When it happened; any order.</param>
    /// <param name="active">Whether the event makes the customer active on its day.</param>
    /// <param name="change">What others that count customers must know.</param>
    /// <returns>0 when it was added; otherwise nothing was, and so many words are needed.</returns>
    public int Record(int eventType, double value, int feature, Instant occurredAt, bool active, out FactsChange change)
    {
        Debug.Assert(double.IsFinite(value), "values are validated before they get here");
        var stride = _schema.SumsPerSeries;
        var at = Find(eventType);
        change = at < 0 ? FactsChange.NewType : FactsChange.None;
        var valueIsNew = IsNewValue(at, value);
        if (at < 0 || valueIsNew || (feature >= 0 && FindFeature(feature) < 0))
        {
            var needed = LengthWith(eventType, value, feature < 0 ? null : feature);
            if (needed > _words.Length)
            {
                return needed;
            }
            at = at < 0 ? AddCount(eventType) : at;
            if (valueIsNew)
            {
                AddValues(at);
            }
        }
        MoveLandmarks(occurredAt);
        var day = occurredAt.UtcDay;
        Add(at, value, occurredAt, day);
        // Below 0 for a day that is newer than the newest.
        var age = (int)(uint)_words[4] - day;
        if (active && ((uint)age >= 64 || ((_words[1] >> age) & 1) == 0))
        {
            var days = ActiveDays;
            days.Mark(day);
            ActiveDays = days;
            change |= age < 64 ? FactsChange.RecentDays : FactsChange.None;
        }
        if (feature >= 0)
        {
            UseFeature(feature, day);
        }
        return 0;
    }

    /// <summary>Words that these facts and one event more take.</summary>
    /// <param name="eventType">Number of the event type; -1 for a new one.</param>
    /// <param name="value">The event's value.</param>
    /// <param name="feature">Number of the feature used, -1 for a new one; null for none.</param>
    public int LengthWith(int eventType, double value, int? feature)
    {
        var at = Find(eventType);
        var isNewFeature = feature is { } number && (number < 0 || FindFeature(number) < 0);
        return Length
            + (at < 0 ? _schema.SumsPerSeries : 0)
            + (IsNewValue(at, value) ? ValueStride : 0)
            + (isNewFeature ? 1 : 0);
    }

    /// <summary>The lifetime events of a type.</summary>
    public SeriesTotal TotalOf(int eventType) => Find(eventType) is var at and >= 0 ? SeriesAt(at).Total : default;

    /// <summary>The UTC day of the newest event of a type, not after that of <see cref="LastEvent"/>; null when there was none, or it is not known.</summary>
    public int? NewestDayOf(int eventType) =>
        Find(eventType) is var at and >= 0 && SeriesAt(at).NewestDay is var day and > 0
            ? Math.Min(day - 1, LastEvent.UtcDay)
            : null;

    /// <summary>Whether the customer has had an event of a type.</summary>
    public bool Has(int eventType) => Find(eventType) >= 0;

    /// <summary>Whether the customer has used a feature.</summary>
    public bool HasUsed(int feature) => FindFeature(feature) >= 0;

    /// <summary>The use of a feature; the default when the customer has not used it.</summary>
    public FeatureUse UseOf(int feature) => FindFeature(feature) is var at and >= 0 ? new(_words[at]) : default;

    /// <summary>The quantity of an event type at an instant; 0 when the customer has had none.</summary>
    /// <param name="eventType">Number of the event type.</param>
    /// <param name="measure">Whether to count events or sum values.</param>
    /// <param name="sum">0 for the lifetime quantity, i + 1 for the i-th half-life of the schema.</param>
    /// <param name="readTime">The instant; not before <see cref="LastEvent"/>.</param>
    public double Quantity(int eventType, Measure measure, int sum, Instant readTime) =>
        Quantity(eventType, measure, sum, Factor(sum, readTime));

    /// <summary>The same where several are read at one instant.</summary>
    /// <param name="eventType">Number of the event type.</param>
    /// <param name="measure">Whether to count events or sum values.</param>
    /// <param name="sum">0 for the lifetime quantity, i + 1 for the i-th half-life of the schema.</param>
    /// <param name="factor">The <see cref="Factor"/> of the sum at the instant.</param>
    public double Quantity(int eventType, Measure measure, int sum, double factor)
    {
        var at = Find(eventType);
        if (at < 0)
        {
            return 0;
        }
        var series = SeriesAt(at);
        var values = measure == Measure.Value && series.HasValues;
        if (sum == 0)
        {
            return values ? ValueSum.Value(series.Values) : series.Count;
        }
        return Double(at + sum + (values ? ValueStride : 0)) * factor;
    }

    /// <summary>What a decayed sum is multiplied by to be read at an instant; 1 for the lifetime sum.</summary>
    public double Factor(int sum, Instant readTime) =>
        sum == 0 || LastEvent == Instant.MinValue
            ? 1
            : _schema.HalfLives[sum - 1].FactorAt(readTime, _schema.HalfLives[sum - 1].LandmarkAt(LastEvent));

    /// <summary>The same for each sum.</summary>
    public void SetFactors(Instant readTime, Span<double> factors)
    {
        for (var sum = 0; sum < factors.Length; sum++)
        {
            factors[sum] = Factor(sum, readTime);
        }
    }

    /// <summary>What an event at the instant of the newest one adds to a decayed sum: what a quantity of 1 at that instant is as a sum.</summary>
    public double NewestWeight(int sum)
    {
        ref var cell = ref _schema.Cells[sum - 1];
        if (cell.Contains(LastEvent))
        {
            return cell.WeightAt(LastEvent);
        }
        var halfLife = _schema.HalfLives[sum - 1];
        return LastEvent == Instant.MinValue ? 1 : halfLife.WeightAt(LastEvent, halfLife.LandmarkAt(LastEvent));
    }

    /// <summary>Adds a series with its sums, which is not there yet; for reading what was stored. There is room.</summary>
    /// <param name="eventType">Number of the event type.</param>
    /// <param name="count">Its events; null for a series of values.</param>
    /// <param name="newestDay">The day of the newest of them, a <see cref="SeriesView.NewestDay"/>; not looked at for a series of values.</param>
    /// <param name="values">The words of the sum of values; not looked at otherwise.</param>
    /// <param name="decayed">The decayed sums, as the bits of doubles.</param>
    public void AddStored(
        int eventType,
        long? count,
        int newestDay,
        ReadOnlySpan<ulong> values,
        ReadOnlySpan<ulong> decayed
    )
    {
        var at = count is null ? Find(eventType) : AddCount(eventType);
        if (count is { } events)
        {
            _words[at] = SeriesView.WordOf(eventType, events, newestDay);
        }
        else
        {
            AddValues(at);
            values.CopyTo(_words[(at + _schema.SumsPerSeries)..]);
            at += ValueStride;
        }
        decayed.CopyTo(_words[(at + 1)..]);
    }

    /// <summary>Notes that a feature was used. There is room.</summary>
    /// <param name="feature">Number of the feature.</param>
    /// <param name="day">The UTC day, or the last one of several uses.</param>
    /// <param name="uses">How often.</param>
    public void UseFeature(int feature, int day, int uses = 1)
    {
        var at = FindFeature(feature);
        if (at < 0)
        {
            at = Length;
            _words[at] = new FeatureUse(feature, day, uses).Word;
            _words[4] += 1UL << 48;
        }
        else
        {
            _words[at] = new FeatureUse(_words[at]).With(day, uses).Word;
        }
    }

    /// <summary>Copies the facts without some event types and features.</summary>
    /// <param name="target">Gets them; of at least <see cref="Length"/>.</param>
    /// <param name="types">Numbers of the event types to leave out.</param>
    /// <param name="features">Numbers of the features to leave out.</param>
    /// <returns>Words that they take.</returns>
    public int CopyWithout(Span<ulong> target, IReadOnlySet<int> types, IReadOnlySet<int> features)
    {
        _words[..HeaderWords].CopyTo(target);
        var to = HeaderWords;
        foreach (var kept in Series)
        {
            if (!types.Contains(kept.EventType))
            {
                kept.Words.CopyTo(target[to..]);
                to += kept.Words.Length;
            }
        }
        var series = to - HeaderWords;
        foreach (var word in Features)
        {
            if (!features.Contains(new FeatureUse(word).Feature))
            {
                target[to++] = word;
            }
        }
        target[4] = (uint)target[4] | ((ulong)(uint)series << 32) | ((ulong)(uint)(to - HeaderWords - series) << 48);
        return to;
    }

    private static ulong Bits(double value) => BitConverter.DoubleToUInt64Bits(value);

    private SeriesView SeriesAt(int at)
    {
        var stride = _schema.SumsPerSeries;
        return new(_words.Slice(at, (_words[at] & HasValue) != 0 ? stride + ValueStride : stride), stride);
    }

    private bool IsNewValue(int at, double value) => value != 1 && (at < 0 || (_words[at] & HasValue) == 0);

    private double Double(int word) => BitConverter.UInt64BitsToDouble(_words[word]);

    /// <summary>Word at which the series that counts a type begins; -1 when there is none.</summary>
    private int Find(int eventType)
    {
        var stride = _schema.SumsPerSeries;
        var end = FeaturesAt;
        for (var at = HeaderWords; at < end; at += stride)
        {
            var head = _words[at];
            if ((int)(head >> TypeShift) == eventType)
            {
                return at;
            }
            if ((head & HasValue) != 0)
            {
                at += ValueStride;
            }
        }
        return -1;
    }

    private int FindFeature(int feature)
    {
        var start = FeaturesAt;
        for (var at = start + FeatureCount - 1; at >= start; at--)
        {
            if (new FeatureUse(_words[at]).Feature == feature)
            {
                return at;
            }
        }
        return -1;
    }

    private int AddCount(int eventType)
    {
        Debug.Assert(eventType <= SeriesView.MaxEventType, "the limit of event types is far below");
        var at = FeaturesAt;
        Insert(at, _schema.SumsPerSeries);
        _words.Slice(at, _schema.SumsPerSeries).Clear();
        _words[at] = SeriesView.WordOf(eventType, count: 0, newestDay: 0);
        return at;
    }

    /// <summary>Adds the sums of values behind a count. All values so far were 1, so they are those of the count.</summary>
    private void AddValues(int count)
    {
        var stride = _schema.SumsPerSeries;
        Insert(count + stride, ValueStride);
        ValueSum.SetCount(_words[(count + stride)..], (ulong)SeriesView.CountOf(_words[count]));
        _words.Slice(count + 1, stride - 1).CopyTo(_words[(count + ValueStride + 1)..]);
        _words[count] |= HasValue;
    }

    private void Insert(int at, int words)
    {
        _words[at..Length].CopyTo(_words[(at + words)..]);
        _words[4] += (ulong)words << 32;
    }

    private void Add(int at, double value, Instant occurredAt, int day)
    {
        var stride = _schema.SumsPerSeries;
        var hasValue = (_words[at] & HasValue) != 0;
        var toValue = ValueStride;
        var sums = _words.Slice(at, hasValue ? stride + toValue : stride);
        sums[0] = SeriesView.WithEvent(sums[0], day, LastEvent);
        if (hasValue)
        {
            ValueSum.Add(sums[stride..], value);
        }
        for (var i = 1; i < stride; i++)
        {
            var weight = WeightAt(i - 1, occurredAt);
            sums[i] = Bits(BitConverter.UInt64BitsToDouble(sums[i]) + weight);
            if (hasValue)
            {
                sums[toValue + i] = Bits(BitConverter.UInt64BitsToDouble(sums[toValue + i]) + (weight * value));
            }
        }
    }

    /// <summary>The weight of an event to the landmark of the newest event, which is not older.</summary>
    private double WeightAt(int halfLife, Instant occurredAt)
    {
        ref var cell = ref _schema.Cells[halfLife];
        if (!cell.Contains(LastEvent))
        {
            cell.MoveTo(LastEvent);
        }
        if (cell.Contains(occurredAt))
        {
            return cell.WeightAt(occurredAt);
        }
        var slow = _schema.HalfLives[halfLife];
        return slow.WeightAt(occurredAt, slow.LandmarkAt(LastEvent));
    }

    private void MoveLandmarks(Instant newest)
    {
        if (newest <= LastEvent)
        {
            return;
        }
        if (LastEvent != Instant.MinValue)
        {
            for (var i = 0; i < _schema.Cells.Length; i++)
            {
                if (_schema.Cells[i].Contains(newest) && _schema.Cells[i].Contains(LastEvent))
                {
                    continue;
                }
                var halfLife = _schema.HalfLives[i];
                var (from, to) = (halfLife.LandmarkAt(LastEvent), halfLife.LandmarkAt(newest));
                if (from != to)
                {
                    ScaleSums(1 + i, HalfLife.Move(from, to));
                }
            }
        }
        LastEvent = newest;
    }

    private void ScaleSums(int sum, double factor)
    {
        for (var at = HeaderWords; at < FeaturesAt; at += _schema.SumsPerSeries)
        {
            _words[at + sum] = Bits(Double(at + sum) * factor);
            if ((_words[at] & HasValue) != 0)
            {
                at += ValueStride;
                _words[at + sum] = Bits(Double(at + sum) * factor);
            }
        }
    }

    /// <summary>Walks over the series of one customer.</summary>
    internal ref struct SeriesEnumerator(ReadOnlySpan<ulong> words, int stride)
    {
        private ReadOnlySpan<ulong> _rest = words;

        public SeriesView Current { get; private set; }

        public readonly SeriesEnumerator GetEnumerator() => this;

        public bool MoveNext()
        {
            if (_rest.IsEmpty)
            {
                return false;
            }
            var length = (_rest[0] & HasValue) != 0 ? (2 * stride) + ValueSum.Words - 1 : stride;
            Current = new(_rest[..length], stride);
            _rest = _rest[length..];
            return true;
        }
    }
}
