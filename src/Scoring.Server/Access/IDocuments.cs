using Scoring.Engine;

namespace Scoring.Server.Access;

/// <summary>Keeps small documents in the store, for all servers that share it.</summary>
internal interface IDocuments
{
    /// <summary>A document that this server knows the newest version of from now on.</summary>
    SharedDocument Follow(string name);

    /// <summary>A document as it is in the store now.</summary>
    Task<SharedDocument> ReadAsync(string name);

    /// <summary>Replaces a version of a document, 0 for one that is not there; false when another version is. It is durable then.</summary>
    Task<bool> TryPutAsync(string name, long replaced, byte[] content);

    /// <summary>Returns once every server follows what was put.</summary>
    Task AnnounceAsync();
}
