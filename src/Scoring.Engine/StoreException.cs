namespace Scoring.Engine;

/// <summary>The store cannot be used as it is found. It has been left as it was; the message names the file and what to do.</summary>
/// <param name="path">The file or directory at fault.</param>
/// <param name="message">What is wrong and what to do, for people.</param>
/// <param name="innerException">What caused it.</param>
public sealed class StoreException(string path, string message, Exception? innerException = null)
    : Exception($"{path}: {message}", innerException)
{
    /// <summary>The file or directory at fault.</summary>
    public string Path { get; } = path;

    /// <summary>Whether it may be read later, because it could not be reached: nothing is known to be wrong with it.</summary>
    public bool MayPass { get; init; }

    /// <summary>What to say of a store that another one is being moved into.</summary>
    public static StoreException HalfMoved(string path) =>
        new(
            path,
            "another store is being moved here, and not all of it is here yet. Run the same 'scoring move' again, which goes on where it was, "
                + "or with --restart, which begins anew."
        );
}
