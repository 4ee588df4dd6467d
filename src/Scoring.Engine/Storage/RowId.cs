namespace Scoring.Engine.Storage;

/// <summary>How keys of rows are made of partition, workspace and place, so that what belongs together lies together.</summary>
internal static class RowId
{
    /// <summary>Most partitions of a store.</summary>
    public const int MaxPartitions = 1 << 10;

    /// <summary>Most workspaces of a store.</summary>
    public const int MaxWorkspaces = 1 << 16;

    private const int PartitionShift = 48;
    private const int WorkspaceShift = 32;

    /// <summary>A block by its number in its partition, 0 to 2^48 - 1.</summary>
    public static long Of(int partition, long number) => ((long)partition << PartitionShift) | number;

    /// <summary>A customer or account by its row in the workspace's share of a partition.</summary>
    public static long Of(int partition, int workspace, int row) =>
        ((long)partition << PartitionShift) | ((long)workspace << WorkspaceShift) | (uint)row;

    /// <summary>The number within the partition.</summary>
    public static long Number(long id) => id & ((1L << PartitionShift) - 1);

    /// <summary>The workspace of a customer or account.</summary>
    public static int Workspace(long id) => (int)(id >> WorkspaceShift) & (MaxWorkspaces - 1);

    /// <summary>The row of a customer or account.</summary>
    public static long Row(long id) => id & uint.MaxValue;
}
