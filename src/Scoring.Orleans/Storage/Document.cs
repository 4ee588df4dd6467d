namespace Scoring.Cluster.Storage;

/// <summary>The state of a grain that is no customer: bytes that the grain alone understands.</summary>
internal sealed class Document
{
    /// <summary>The content; empty when nothing is stored.</summary>
    public byte[] Content { get; set; } = [];
}
