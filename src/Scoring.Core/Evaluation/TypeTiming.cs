namespace Scoring.Core.Evaluation;

/// <summary>When events of a type occur beside what is to be told beforehand.</summary>
/// <param name="After">Customers who have some, all of them when it had happened or after that.</param>
/// <param name="Otherwise">Customers who have some before it happened, or without its happening.</param>
public readonly record struct TypeTiming(long After, long Otherwise)
{
    /// <summary>The timings of two groups of customers.</summary>
    public static TypeTiming operator +(TypeTiming one, TypeTiming other) =>
        new(one.After + other.After, one.Otherwise + other.Otherwise);
}
