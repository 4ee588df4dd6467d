using Scoring.Core.Time;

namespace Scoring.Engine.Time;

/// <summary>The clock that times of receipt are taken from: the system's, but that it does not follow it where it jumps.</summary>
/// <remarks>
/// <para>
/// One event from a clock that ran ahead stays in the facts of its customer for good, so a clock that jumps is not believed at once. Time goes
/// on as the monotonic clock does. The system's clock is followed as long as it stays within a tolerance of that: so it may be set right by
/// little, and drift. Once it is further away, either way, time goes on without it, until it has stayed where it is for
/// a stated time, has come back, or somebody confirms that it is right.
/// </para>
/// <para>
/// A system's clock that lies before the newest receipt when the process starts is taken for one that has jumped back: time goes on from
/// the newest receipt.
/// </para>
/// <para>Thread safe. Timers and time stamps are those of the system.</para>
/// </remarks>
public sealed class ReceiptClock : TimeProvider
{
    /// <summary>The two clocks are compared anew so often, so that small differences do not add up.</summary>
    private static readonly TimeSpan Renewal = TimeSpan.FromSeconds(1);

    private readonly TimeProvider _system;
    private readonly TimeSpan _tolerance;
    private readonly TimeSpan _followAfter;
    private readonly EngineLog _log;
    private readonly Lock _gate = new();
    private volatile Anchor _anchor;
    private volatile Jump? _jump;
    private long _jumps;

    /// <param name="system">The system's clocks.</param>
    /// <param name="tolerance">How far they may part.</param>
    /// <param name="followAfter">How long the system's clock must stay where it jumped to before it is followed.</param>
    /// <param name="newestReceipt">The newest time of receipt that is known; <see cref="Instant.MinValue"/> for none.</param>
    /// <param name="log">Is told of jumps.</param>
    internal ReceiptClock(
        TimeProvider system,
        TimeSpan tolerance,
        TimeSpan followAfter,
        Instant newestReceipt,
        EngineLog log
    )
    {
        (_system, _tolerance, _followAfter, _log) = (system, tolerance, followAfter, log);
        var (wall, timestamp) = Read();
        var startsBefore = newestReceipt != Instant.MinValue && wall < newestReceipt - tolerance;
        _anchor = new Anchor(startsBefore ? newestReceipt : wall, timestamp);
        Compare();
    }

    /// <summary>The time of what is received now.</summary>
    public Instant Now
    {
        get
        {
            var (wall, timestamp) = Read();
            var anchor = _anchor;
            var passed = _system.GetElapsedTime(anchor.Timestamp, timestamp);
            var isNear = passed < Renewal && (wall - (anchor.At + passed)).Duration() <= _tolerance;
            return isNear && _jump is null ? wall : Compare();
        }
    }

    /// <summary>The jump that is not followed yet; null while the system's clock is followed.</summary>
    public ClockJump? Unfollowed
    {
        get
        {
            Compare();
            if (_jump is not { } jump)
            {
                return null;
            }
            var since = _system.GetElapsedTime(jump.Timestamp);
            return new ClockJump(jump.Offset, since, _followAfter - since);
        }
    }

    /// <summary>How often the system's clock has jumped beyond the tolerance.</summary>
    public long Jumps => Interlocked.Read(ref _jumps);

    /// <inheritdoc/>
    public override long TimestampFrequency => _system.TimestampFrequency;

    /// <inheritdoc/>
    public override TimeZoneInfo LocalTimeZone => _system.LocalTimeZone;

    /// <summary>Follows the system's clock now: an operator has seen that it is right.</summary>
    /// <returns>The jump that was waited for; null when there was none, and nothing changed.</returns>
    public ClockJump? Confirm()
    {
        lock (_gate)
        {
            var unfollowed = Unfollowed;
            if (unfollowed is not null)
            {
                Follow();
            }
            return unfollowed;
        }
    }

    /// <inheritdoc/>
    public override DateTimeOffset GetUtcNow() => Now.ToDateTimeOffset();

    /// <inheritdoc/>
    public override long GetTimestamp() => _system.GetTimestamp();

    /// <inheritdoc/>
    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
        _system.CreateTimer(callback, state, dueTime, period);

    /// <summary>Goes on from a time of receipt that is known by now, if the system's clock lies further before it than is tolerated.</summary>
    internal void NotBefore(Instant receipt)
    {
        lock (_gate)
        {
            if (receipt != Instant.MinValue && receipt - _tolerance > Compare())
            {
                _anchor = new Anchor(receipt, _system.GetTimestamp());
                Compare();
            }
        }
    }

    /// <summary>Compares the clocks and decides which one is followed; gives the time.</summary>
    private Instant Compare()
    {
        lock (_gate)
        {
            var (wall, timestamp) = Read();
            var steady = _anchor.At + _system.GetElapsedTime(_anchor.Timestamp, timestamp);
            var offset = wall - steady;
            if (offset.Duration() <= _tolerance)
            {
                if (_jump is not null)
                {
                    _log.ClockCameBack(offset.TotalSeconds);
                    _jump = null;
                }
                _anchor = new Anchor(wall, timestamp);
                return wall;
            }
            if (_jump is not { } jump || (offset - jump.Offset).Duration() > _tolerance)
            {
                _jump = new Jump(offset, timestamp);
                Interlocked.Increment(ref _jumps);
                _log.ClockJumped(offset.TotalSeconds, steady.ToString(), _followAfter);
            }
            else if (_system.GetElapsedTime(jump.Timestamp, timestamp) >= _followAfter)
            {
                return Follow();
            }
            return steady;
        }
    }

    private Instant Follow()
    {
        var (wall, timestamp) = Read();
        _log.ClockFollowed(_jump!.Offset.TotalSeconds, wall.ToString());
        (_anchor, _jump) = (new Anchor(wall, timestamp), null);
        return wall;
    }

    private (Instant Wall, long Timestamp) Read() => (Instant.From(_system.GetUtcNow()), _system.GetTimestamp());

    /// <summary>A moment at which both clocks were read.</summary>
    private sealed record Anchor(Instant At, long Timestamp);

    /// <summary>How far the system's clock was off, and the moment at which that was seen first.</summary>
    private sealed record Jump(TimeSpan Offset, long Timestamp);
}
