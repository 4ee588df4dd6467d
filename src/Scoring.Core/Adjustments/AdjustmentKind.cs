namespace Scoring.Core.Adjustments;

/// <summary>What an adjustment does with a score. The numbers are stored.</summary>
public enum AdjustmentKind : byte
{
    /// <summary>Adds to it.</summary>
    Add = 1,

    /// <summary>Sets it.</summary>
    Set = 2,
}
