namespace Scoring.Engine.Checkpoints;

/// <summary>How far rows that are not needed any more have been removed from the store; a removal that failed is made up for later.</summary>
internal sealed class RemovedRows
{
    /// <summary>Blocks of event ids before this one are gone.</summary>
    public long Blocks { get; set; }
}
