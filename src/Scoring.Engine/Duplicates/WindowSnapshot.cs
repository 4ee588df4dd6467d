namespace Scoring.Engine.Duplicates;

/// <summary>The window as it was at one moment; cheap to take, and readable while the window goes on.</summary>
/// <param name="Head">Ordinal of the oldest id.</param>
/// <param name="Tail">Ordinal after the newest.</param>
/// <param name="FirstBlock">Number of the first block in <paramref name="Blocks"/>.</param>
/// <param name="Blocks">The blocks that hold the ids that were asked for, up to the newest.</param>
internal sealed record WindowSnapshot(long Head, long Tail, long FirstBlock, IReadOnlyList<WindowBlock> Blocks)
{
    /// <summary>Filled entries of a block in this snapshot.</summary>
    public int CountOf(int block) =>
        (int)Math.Min(WindowBlock.Capacity, Tail - ((FirstBlock + block) * WindowBlock.Capacity));
}
