namespace Scoring.Core.History;

/// <summary>Scores of some customers, added up in millionths: so sums are exact and do not depend on the order.</summary>
/// <param name="Customers">How many customers.</param>
/// <param name="FromMicros">Their scores at the first instant; 0 for those of whom nothing was known.</param>
/// <param name="ToMicros">Their scores at the second instant; 0 for those who were merged into others.</param>
public readonly record struct GroupScores(long Customers, Int128 FromMicros, Int128 ToMicros)
{
    /// <summary>The scores of both together.</summary>
    public static GroupScores operator +(GroupScores one, GroupScores other) =>
        new(one.Customers + other.Customers, one.FromMicros + other.FromMicros, one.ToMicros + other.ToMicros);
}
