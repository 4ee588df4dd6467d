namespace Scoring.Engine.Archive;

/// <summary>How large chunks are: small enough to read one for a single customer, and large enough to be compressed well.</summary>
internal static class ChunkBounds
{
    /// <summary>Events from which on a chunk is full.</summary>
    public const int FullEvents = 2_000;

    /// <summary>Most events of a chunk. Customers with more are divided.</summary>
    public const int MostEvents = 2 * FullEvents;

    /// <summary>Bytes of changes from which on a chunk is full.</summary>
    public const int FullChangeBytes = 32 << 10;

    /// <summary>Most bytes of changes of a chunk, but where one change takes more. Customers with more are divided.</summary>
    public const int MostChangeBytes = 2 * FullChangeBytes;

    /// <summary>What a change counts.</summary>
    public static int BytesOf(ArchivedChange change) => 16 + change.Content.Length;
}
