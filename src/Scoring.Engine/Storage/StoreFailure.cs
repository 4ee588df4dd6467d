namespace Scoring.Engine.Storage;

/// <summary>The store, or the disk below it, refused an operation.</summary>
/// <param name="message">What failed.</param>
/// <param name="isFull">Whether there was no room.</param>
/// <param name="innerException">What the operating system said.</param>
public sealed class StoreFailure(string message, bool isFull = false, Exception? innerException = null)
    : Exception(message, innerException)
{
    // ENOSPC and EDQUOT of Linux, their macOS values, and ERROR_HANDLE_DISK_FULL and ERROR_DISK_FULL of Windows.
    private static readonly int[] FullCodes = [28, 122, 69, unchecked((int)0x80070027), unchecked((int)0x80070070)];

    /// <summary>Whether there was no room; the operation had no effect. Otherwise its outcome is unknown.</summary>
    public bool IsFull { get; } = isFull;

    /// <summary>A failure that had no effect if the disk was full.</summary>
    public static StoreFailure Of(string path, Exception error) =>
        new($"{path}: {error.Message}", error is IOException && FullCodes.Contains(error.HResult), error);

    /// <summary>A failure of unknown outcome, whatever the operating system said.</summary>
    public static StoreFailure InDoubt(string path, Exception error) =>
        new($"{path}: {error.Message}", isFull: false, error);

    /// <summary>Whether an exception is what the operating system answers when a file cannot be used.</summary>
    public static bool IsOfDisk(Exception error) => error is IOException or UnauthorizedAccessException;
}
