namespace Scoring.Engine.Storage;

/// <summary>The disk, or what lies on it, refused an operation.</summary>
internal abstract class StoreFailure(string message, Exception? innerException = null)
    : Exception(message, innerException)
{
    // ENOSPC and EDQUOT of Linux, their macOS values, and ERROR_HANDLE_DISK_FULL and ERROR_DISK_FULL of Windows.
    private static readonly int[] FullCodes = [28, 122, 69, unchecked((int)0x80070027), unchecked((int)0x80070070)];

    /// <summary>Whether there was no room; the operation had no effect. Otherwise its outcome is unknown.</summary>
    public abstract bool IsFull { get; }

    /// <summary>Whether the operating system said that there was no room.</summary>
    protected static bool TellsFull(Exception error) => error is IOException && FullCodes.Contains(error.HResult);
}
