namespace Scoring.Acceptance.Tests.Crashes;

/// <summary>How many events there are of something, and the sum of their values: one that is lost for one that is doubled shows in the sum.</summary>
internal readonly record struct Figures(double Count, double Sum)
{
    public static Figures operator +(Figures one, Figures other) => new(one.Count + other.Count, one.Sum + other.Sum);

    public static Figures operator -(Figures one, Figures other) => new(one.Count - other.Count, one.Sum - other.Sum);
}

/// <summary>What certainly counts, and what may count at the most.</summary>
internal readonly record struct Bounds(Figures Least, Figures Most)
{
    public static Bounds operator +(Bounds one, Bounds other) => new(one.Least + other.Least, one.Most + other.Most);

    public bool Contain(Figures figures) =>
        figures.Count >= Least.Count
        && figures.Count <= Most.Count
        && figures.Sum >= Least.Sum
        && figures.Sum <= Most.Sum;
}
