namespace Scoring.Core.Facts;

/// <summary>What a quantity is made of.</summary>
public enum Measure
{
    /// <summary>Every event adds 1.</summary>
    Count,

    /// <summary>Every event adds its value.</summary>
    Value,
}
