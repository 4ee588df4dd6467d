using System.Collections.Concurrent;
using Scoring.Engine.Partitions;
using Scoring.Grains.Stores;

namespace Scoring.Grains.Placement;

/// <summary>Which partition a customer or account belongs to.</summary>
internal sealed class PartitionHashes(EngineParts engine)
{
    private readonly ConcurrentDictionary<string, PartitionHash> _hashes = new(StringComparer.Ordinal);

    /// <summary>The partition of an id.</summary>
    /// <param name="workspace">A workspace's name as it is in its settings.</param>
    /// <param name="id">The id.</param>
    public int Of(string workspace, string id) => In(workspace).Of(id);

    /// <inheritdoc cref="Of(string, string)"/>
    public int Of(string workspace, ReadOnlySpan<byte> id) => In(workspace).Of(id);

    private PartitionHash In(string workspace)
    {
        if (_hashes.TryGetValue(workspace, out var hash))
        {
            return hash;
        }
        hash = new(workspace, engine.Partitions.Count);
        // Names that are not those of workspaces come from keys that anybody may make up.
        return engine.Models.Workspace(workspace).Name == workspace ? _hashes.GetOrAdd(workspace, hash) : hash;
    }
}
