namespace Scoring.Engine;

/// <summary>What the numbers of a store have room for.</summary>
public static class StoreBounds
{
    /// <summary>Most partitions of a store.</summary>
    public const int Partitions = 1 << 10;
}
