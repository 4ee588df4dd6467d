using Scoring.Engine.Storage;

namespace Scoring.Engine.Files;

/// <summary>The one process that has a store open owns all of its partitions.</summary>
internal sealed class SoleOwner : IPartitionOwnership
{
    /// <inheritdoc/>
    public bool IsShared => false;

    /// <inheritdoc/>
    /// <remarks>Nobody else changes anything.</remarks>
    public Action? Renewing { get; set; }

    /// <inheritdoc/>
    public bool Holds(int partition) => true;

    /// <inheritdoc/>
    public Claim Claim(int partition) => new(Epoch: 0, Wait: TimeSpan.Zero);

    /// <inheritdoc/>
    public void Release(int partition) { }
}
