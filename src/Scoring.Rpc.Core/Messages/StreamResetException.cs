namespace Scoring.Rpc.Messages;

/// <summary>The other side gave the call up while its messages were read; unlike other failed I/O, no fault of whoever reads.</summary>
internal sealed class StreamResetException(IOException inner) : IOException(inner.Message, inner)
{
    /// <summary>Whether a failed read of a body says so. Kinds of their own tell of something else, such as a malformed body.</summary>
    public static bool IsReset(IOException exception) => exception.GetType() == typeof(IOException);
}
