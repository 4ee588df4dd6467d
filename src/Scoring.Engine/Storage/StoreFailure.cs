namespace Scoring.Engine.Storage;

/// <summary>The disk, or what lies on it, refused an operation.</summary>
internal abstract class StoreFailure(string message, Exception? innerException = null)
    : Exception(message, innerException)
{
    /// <summary>Whether there was no room; the operation had no effect. Otherwise its outcome is unknown.</summary>
    public abstract bool IsFull { get; }
}
