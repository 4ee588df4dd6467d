using Scoring.Core.Time;
using Scoring.Engine.Storage;

namespace Scoring.Engine.Archive;

/// <summary>Reads what <see cref="EventColumnsWriter"/> wrote.</summary>
/// <param name="sections">The sections of the chunk at hand.</param>
/// <param name="features">How many features there are in the file.</param>
internal sealed class EventColumnsReader(SectionReader sections, int features)
{
    private ulong[] _distances = [];
    private int _events;
    private int _accounts;
    private TimeUnit _unit;
    private long _earliest;

    /// <summary>Goes to another chunk, whose sections are read.</summary>
    /// <param name="events">How many events there are.</param>
    /// <param name="accounts">How many accounts there are.</param>
    /// <param name="unit">What times are counted in.</param>
    /// <param name="earliest">When the earliest event occurred.</param>
    /// <exception cref="InvalidDataException">It is malformed.</exception>
    public void Begin(int events, int accounts, TimeUnit unit, long earliest)
    {
        (_events, _accounts, _unit, _earliest) = (events, accounts, unit, earliest);
        if (
            Section(ChunkSection.LowTimes).Length != events * unit.LowBytes
            || Section(ChunkSection.Lags).Length != (events + 1) / 2
        )
        {
            throw new InvalidDataException("A column is cut short.");
        }
    }

    /// <summary>Reads some events.</summary>
    /// <param name="runs">Theirs.</param>
    /// <param name="firstEvent">How many there are before them.</param>
    /// <param name="target">As many as there are in the runs.</param>
    /// <exception cref="InvalidDataException">They are malformed.</exception>
    public void Read(ReadOnlySpan<EventRun> runs, int firstEvent, Span<ArchivedEvent> target)
    {
        ReadDistances(firstEvent, target.Length);
        ReadRuns(runs, firstEvent, target);
        ReadAccounts(firstEvent, target);
        ReadValues(firstEvent, target);
        ReadKnown(firstEvent, target);
    }

    private ReadOnlySpan<byte> Section(ChunkSection section) => sections[(int)section].Span;

    private void ReadRuns(ReadOnlySpan<EventRun> runs, int firstEvent, Span<ArchivedEvent> target)
    {
        var lags = Section(ChunkSection.Lags);
        var longLags = new BlobReader(Section(ChunkSection.LongLags));
        for (var i = 0; i < firstEvent; i++)
        {
            if (ReceiptLag.At(lags, i) == ReceiptLag.Long)
            {
                longLags.Varint();
            }
        }
        var used = new BlobReader(Section(ChunkSection.Features));
        var hasFeatures = !used.AtEnd;
        for (var i = 0; hasFeatures && i < firstEvent; i++)
        {
            used.Varint();
        }
        var at = 0;
        foreach (var run in runs)
        {
            var time = _earliest;
            for (var i = 0; i < run.Events; i++)
            {
                time = unchecked(time + (long)(_distances[at] * (ulong)_unit.Ticks));
                var lag = (long)ReceiptLag.At(lags, firstEvent + at);
                if (lag == ReceiptLag.Long)
                {
                    lag = Numbers.Unzigzag(longLags.Varint());
                }
                target[at++] = new(
                    run.Row,
                    run.Type,
                    hasFeatures ? used.Varint(features) - 1 : ArchivedEvent.NoName,
                    ArchivedEvent.NoName,
                    new Instant(time),
                    unchecked(TimeUnit.SecondOf(time) + lag),
                    1
                );
            }
        }
    }

    private void ReadDistances(int first, int count)
    {
        if (_distances.Length < count)
        {
            _distances = new ulong[count];
        }
        var high = new BlobReader(Section(ChunkSection.HighTimes));
        for (var i = 0; i < first; i++)
        {
            high.Varint();
        }
        var bytes = _unit.LowBytes;
        var low = Section(ChunkSection.LowTimes).Slice(first * bytes, count * bytes);
        for (var i = 0; i < count; i++)
        {
            var distance = high.Varint();
            for (var b = bytes - 1; b >= 0; b--)
            {
                distance = (distance << 8) | low[(i * bytes) + b];
            }
            _distances[i] = distance;
        }
    }

    private void ReadAccounts(int firstEvent, Span<ArchivedEvent> target)
    {
        var reader = new BlobReader(Section(ChunkSection.Accounts));
        if (reader.AtEnd)
        {
            return;
        }
        for (var at = -firstEvent; at < target.Length; )
        {
            var account = reader.Varint(_accounts) - 1;
            var stretch = reader.Varint(_events);
            if (stretch == 0)
            {
                throw new InvalidDataException("A stretch of events is empty.");
            }
            for (var end = at + stretch; at < Math.Min(end, target.Length); at++)
            {
                if (at >= 0)
                {
                    target[at] = target[at] with { Account = account };
                }
            }
        }
    }

    private void ReadValues(int firstEvent, Span<ArchivedEvent> target)
    {
        var reader = new BlobReader(Section(ChunkSection.Values));
        for (var at = -firstEvent; !reader.AtEnd && at < target.Length; at++)
        {
            at += reader.Varint(_events);
            var value = Numbers.ReadValue(ref reader);
            if (at >= 0 && at < target.Length)
            {
                target[at] = target[at] with { Value = value };
            }
        }
    }

    private void ReadKnown(int firstEvent, Span<ArchivedEvent> target)
    {
        var reader = new BlobReader(Section(ChunkSection.Known));
        for (var at = -firstEvent; !reader.AtEnd && at < target.Length; at++)
        {
            var code = reader.Varint();
            if (at >= 0 && code > 0)
            {
                var before = unchecked(ReceiptLag.Of(target[at]) - Numbers.Unzigzag(code - 1));
                target[at] =
                    before > 0
                        ? target[at] with
                        {
                            KnownBefore = before,
                        }
                        : throw new InvalidDataException("An event was known after it was received.");
            }
        }
    }
}

/// <summary>Events of one customer and type, one behind the other.</summary>
internal readonly record struct EventRun(int Row, int Type, int Events);
