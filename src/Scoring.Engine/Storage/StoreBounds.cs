namespace Scoring.Engine.Storage;

/// <summary>What the numbers of the store's files have room for.</summary>
internal static class StoreBounds
{
    /// <summary>Most partitions of a store.</summary>
    public const int Partitions = 1 << 10;

    /// <summary>Most workspaces of a store.</summary>
    public const int Workspaces = 1 << 16;
}
