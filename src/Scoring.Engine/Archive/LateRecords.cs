using Scoring.Core.Time;

namespace Scoring.Engine.Archive;

/// <summary>How far back what was taken in reached, to the day: whether what was told of the past is still true.</summary>
internal sealed class LateRecords
{
    /// <summary>An event that occurred later than this before its receipt does not count as late: what is told of the past is kept only where it is older.</summary>
    public static readonly TimeSpan Tolerance = TimeSpan.FromMinutes(30);

    // Of records that came one after the other only those matter behind which none reached as far back: both rise.
    private readonly List<(long Count, Instant From)> _lasting = [];

    /// <summary>How many there were.</summary>
    public long Count { get; private set; }

    /// <summary>Notes an event.</summary>
    public void Note(Instant occurredAt, Instant receivedAt)
    {
        if (receivedAt - occurredAt > Tolerance)
        {
            Note(occurredAt);
        }
    }

    /// <summary>Notes that something came to be true from an instant on.</summary>
    public void Note(Instant instant)
    {
        var day = instant == Instant.MinValue ? instant : new Instant(instant.UtcDay * TimeSpan.TicksPerDay);
        while (_lasting is [.., var last] && last.From >= day)
        {
            _lasting.RemoveAt(_lasting.Count - 1);
        }
        _lasting.Add((++Count, day));
    }

    /// <summary>The earliest instant that any reached back to; null for none.</summary>
    /// <param name="count">How many there had been before.</param>
    public Instant? Since(long count)
    {
        foreach (var (number, from) in _lasting)
        {
            if (number > count)
            {
                return from;
            }
        }
        return null;
    }
}
