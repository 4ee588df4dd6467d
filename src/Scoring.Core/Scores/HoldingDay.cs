namespace Scoring.Core.Scores;

/// <summary>The last UTC day on which columns hold, in 16 bits: what is kept is never later than the day itself.</summary>
/// <remarks>Compared as <see cref="LimitRatio"/> is. Days from 2149 on are one: whatever has an end is then made from the facts.</remarks>
internal static class HoldingDay
{
    private const int LastDay = ushort.MaxValue - 2;

    /// <summary>A day cut off; <see cref="double.PositiveInfinity"/> is later than every other.</summary>
    public static short Of(double lastDay) =>
        double.IsPositiveInfinity(lastDay)
            ? short.MaxValue
            : (short)(short.MinValue + (int)Math.Clamp(lastDay + 1, 0, LastDay));

    /// <summary>The least day on which columns hold that are read on a day.</summary>
    public static short Least(int today) => (short)(short.MinValue + (int)Math.Clamp(today + 1L, 1, LastDay + 1));
}
