using System.Globalization;

namespace Scoring.Server.Settings.Values;

/// <summary>Whole numbers with a unit behind them, such as 64KiB or 500ms.</summary>
/// <param name="units">The units, the smallest first.</param>
internal sealed class Units(params (string Suffix, long Factor)[] units)
{
    /// <exception cref="FormatException">It is no number with one of the units.</exception>
    /// <exception cref="OverflowException">It is too large.</exception>
    public long Parse(string text)
    {
        var digits = text.TakeWhile(char.IsAsciiDigit).Count();
        var suffix = text[digits..].TrimStart(' ');
        var (_, factor) = units.FirstOrDefault(unit => unit.Suffix == suffix);
        return factor > 0
            ? checked(long.Parse(text.AsSpan(0, digits), CultureInfo.InvariantCulture) * factor)
            : throw new FormatException($"'{text}' has none of the units {string.Join(' ', units)}.");
    }

    /// <summary>The number in the largest unit that gives a whole one; zero in the smallest.</summary>
    public string Write(long number)
    {
        var (suffix, factor) = number == 0 ? units[0] : units.Last(unit => number % unit.Factor == 0);
        return $"{number / factor}{suffix}";
    }
}
