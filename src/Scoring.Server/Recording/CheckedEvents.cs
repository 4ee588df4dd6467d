using Scoring.Core.Recording;

namespace Scoring.Server.Recording;

/// <summary>A batch after its check: the good events, and why the others are not taken.</summary>
/// <param name="Batch">The good events.</param>
/// <param name="Rejections">The others, by rising index.</param>
internal sealed record CheckedEvents(EventBatch Batch, IReadOnlyList<Rejection> Rejections) : IDisposable
{
    public void Dispose() => Batch.Dispose();
}
