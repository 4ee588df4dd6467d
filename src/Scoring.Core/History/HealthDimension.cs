namespace Scoring.Core.History;

/// <summary>A part of the health of an account.</summary>
public enum HealthDimension
{
    /// <summary>How often its customers are in the product.</summary>
    Frequency = 1,

    /// <summary>How many of its seats use the product.</summary>
    Breadth = 2,

    /// <summary>How many of the key features are in use.</summary>
    Depth = 3,

    /// <summary>Change of activity against the previous period.</summary>
    Growth = 4,
}
