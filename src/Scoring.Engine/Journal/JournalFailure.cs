using Scoring.Engine.Storage;

namespace Scoring.Engine.Journal;

/// <summary>A file of the journal could not be written.</summary>
/// <param name="message">What failed.</param>
/// <param name="isFull">Whether there was no room, and so nothing of a frame is in the journal.</param>
/// <param name="innerException">What the operating system said.</param>
internal sealed class JournalFailure(string message, bool isFull = false, Exception? innerException = null)
    : StoreFailure(message, innerException)
{
    /// <inheritdoc/>
    public override bool IsFull { get; } = isFull;

    public static JournalFailure Of(string path, Exception error) =>
        new($"{path}: {error.Message}", TellsFull(error), error);
}
