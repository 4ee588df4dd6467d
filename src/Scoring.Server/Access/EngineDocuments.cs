using Scoring.Engine;
using Scoring.Engine.Hosting;
using Scoring.Grains.Announcements;

namespace Scoring.Server.Access;

/// <summary>The documents of the store that an engine has open.</summary>
internal sealed class EngineDocuments(PartitionHost engine, IStoreAnnouncer announcer) : IDocuments
{
    public SharedDocument Follow(string name) => engine.FollowDocument(name);

    public Task<SharedDocument> ReadAsync(string name) => engine.ReadDocumentAsync(name);

    public Task<bool> TryPutAsync(string name, long replaced, byte[] content) =>
        engine.TryPutDocumentAsync(name, replaced, content);

    public Task AnnounceAsync() => announcer.AnnounceAsync();
}
