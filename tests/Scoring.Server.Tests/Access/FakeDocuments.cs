using System.Collections.Concurrent;
using Scoring.Engine;
using Scoring.Server.Access;

namespace Scoring.Server.Tests.Access;

/// <summary>Documents in memory, of one server.</summary>
internal sealed class FakeDocuments : IDocuments
{
    private readonly ConcurrentDictionary<string, SharedDocument> _stored = new(StringComparer.Ordinal);

    /// <summary>Called before something is put; may throw, or put something first.</summary>
    public Func<string, Task> BeforePut { get; set; } = _ => Task.CompletedTask;

    public int Announcements { get; private set; }

    public SharedDocument Follow(string name) => _stored.GetValueOrDefault(name, SharedDocument.None);

    public Task<SharedDocument> ReadAsync(string name) => Task.FromResult(Follow(name));

    public async Task<bool> TryPutAsync(string name, long replaced, byte[] content)
    {
        await BeforePut(name);
        var next = new SharedDocument(replaced + 1, content);
        return replaced == 0
            ? _stored.TryAdd(name, next)
            : _stored.TryGetValue(name, out var current)
                && current.Version == replaced
                && _stored.TryUpdate(name, next, current);
    }

    public Task AnnounceAsync()
    {
        Announcements++;
        return Task.CompletedTask;
    }
}
