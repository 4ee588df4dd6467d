using Scoring.Engine.Storage;

namespace Scoring.Engine.Snapshots;

/// <summary>A file of a checkpoint could not be written. The store does not know it, so nothing is lost.</summary>
internal sealed class SnapshotFailure(string path, Exception error) : StoreFailure($"{path}: {error.Message}", error)
{
    /// <inheritdoc/>
    public override bool IsFull { get; } = TellsFull(error);
}
