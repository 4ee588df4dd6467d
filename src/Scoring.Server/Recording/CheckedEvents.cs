using Scoring.Core.Recording;

namespace Scoring.Server.Recording;

/// <summary>A batch after its check: the good events, and why the others are not taken.</summary>
/// <param name="Batch">The good events.</param>
/// <param name="Rejections">The others, by rising index.</param>
/// <param name="Count">How many all of them are.</param>
/// <param name="Bytes">The size of the request.</param>
/// <param name="Taken">What the batch and its answer have taken of the memory for calls.</param>
internal sealed record CheckedEvents(
    EventBatch Batch,
    IReadOnlyList<Rejection> Rejections,
    int Count,
    int Bytes,
    long Taken
) : IDisposable
{
    public void Dispose() => Batch.Dispose();
}
