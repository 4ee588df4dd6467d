using Scoring.Core;

namespace Scoring.Engine.Storage;

/// <summary>What callers and operators are told when the store fails.</summary>
internal static class StoreErrors
{
    /// <summary>What to do about a store that is not as it was written.</summary>
    public const string Restore =
        "The store has been left as it is. Restore it from a backup, or move it away to start with an empty store.";

    public static ScoringException Full(Exception error) =>
        new(
            ScoringError.StorageFull,
            "The store has no room; nothing of this write was taken. Make room on the disk.",
            error
        )
        {
            RetryAfter = TimeSpan.FromSeconds(1),
        };

    public static ScoringException NotReadNow(StoreException error) =>
        TryAgain("The store cannot be read at the moment; try again.", 1_000, error);

    public static ScoringException Unavailable(Exception? error = null) =>
        TryAgain(
            "The store cannot be written to at the moment; whether this write was taken is unknown. Retry with the same event ids.",
            1_000,
            error
        );

    /// <summary>Memory and store have parted.</summary>
    public static ScoringException RestartNeeded(string why, Exception error) =>
        new(ScoringError.Unavailable, $"The service must be restarted: {why}.", error);

    public static ScoringException Stopping() => TryAgain("The service is stopping.", 1_000);

    /// <summary>What is not possible at the moment.</summary>
    public static ScoringException TryAgain(string message, int afterMilliseconds, Exception? error = null) =>
        new(ScoringError.Unavailable, message, error) { RetryAfter = TimeSpan.FromMilliseconds(afterMilliseconds) };

    public static ScoringException Of(StoreFailure failure) => failure.IsFull ? Full(failure) : Unavailable(failure);

    public static StoreException Damaged(string path, string how) =>
        new(path, $"the store is damaged: {how}. {Restore}");

    /// <summary>What this process writes to is not where everybody else would look for it.</summary>
    public static StoreException Replaced(string path) =>
        new(
            path,
            "was removed or replaced while this process had it open, so nothing more is written. Put the store back as it is to be, and start again."
        );

    public static StoreException Unreadable(string path, Exception error) =>
        new(path, $"cannot be read: {error.Message} Check the disk and the permissions.", error);

    public static StoreException Unwritable(string path, Exception error) =>
        new(path, $"cannot be written: {error.Message} Check the disk and the permissions.", error);
}
