using Scoring.Core;

namespace Scoring.Engine.Storage;

/// <summary>What callers are told when the store fails.</summary>
internal static class StoreErrors
{
    public static ScoringException Full(Exception error) =>
        new(
            ScoringError.StorageFull,
            "The store has no room; nothing of this write was taken. Make room on the disk.",
            error
        )
        {
            RetryAfter = TimeSpan.FromSeconds(1),
        };

    public static ScoringException Unavailable(Exception? error = null) =>
        new(
            ScoringError.Unavailable,
            "The store cannot be written to at the moment; whether this write was taken is unknown. Retry with the same event ids.",
            error
        )
        {
            RetryAfter = TimeSpan.FromSeconds(1),
        };

    public static ScoringException Of(StoreFailure failure) => failure.IsFull ? Full(failure) : Unavailable(failure);
}
