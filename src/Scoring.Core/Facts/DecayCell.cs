using Scoring.Core.Time;

namespace Scoring.Core.Facts;

/// <summary>The time from one landmark of a half-life to the next, years long, kept at hand: events within it need no divisions to find it.</summary>
internal struct DecayCell(HalfLife halfLife)
{
    private readonly long _ticks = halfLife.Ticks;
    private long _start = long.MaxValue;
    private long _end = long.MinValue;

    public readonly bool Contains(Instant instant) => instant.Ticks >= _start && instant.Ticks < _end;

    /// <summary>Makes this the cell of an instant.</summary>
    public void MoveTo(Instant instant)
    {
        var landmark = halfLife.LandmarkAt(instant);
        _start = landmark * HalfLife.LandmarkSpacing * _ticks;
        _end = _start + (HalfLife.LandmarkSpacing * _ticks);
    }

    /// <summary>The weight of an event within the cell to the cell's landmark: what <see cref="HalfLife.WeightAt"/> gives, to the bit.</summary>
    public readonly double WeightAt(Instant instant)
    {
        var (whole, rest) = Math.DivRem(instant.Ticks - _start, _ticks);
        return PowerOfTwo.OfFraction((double)rest / _ticks) * PowerOfTwo.OfWhole((int)whole);
    }
}
