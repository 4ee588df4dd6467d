using System.Collections.Concurrent;
using System.Text;
using Scoring.Core;
using Scoring.Engine.Partitions;
using Scoring.Grains.Stores;

namespace Scoring.Grains.Placement;

/// <summary>Which partition a customer or account belongs to.</summary>
internal sealed class PartitionHashes(HostedEngine engine)
{
    private const int LongestName = 64;

    private readonly ConcurrentDictionary<string, PartitionHash> _hashes = new(StringComparer.Ordinal);

    /// <summary>The partition of an id.</summary>
    /// <param name="workspace">A workspace's name as it is in its settings.</param>
    /// <param name="id">The id.</param>
    /// <exception cref="ScoringException"><see cref="ScoringError.WorkspaceNotFound"/>.</exception>
    public int Of(string workspace, string id) => In(workspace).Of(id);

    /// <inheritdoc cref="Of(string, string)"/>
    public int Of(string workspace, ReadOnlySpan<byte> id) => In(workspace).Of(id);

    /// <summary>The partition of the customer or account that a grain's key names (<see cref="CustomerKey"/>); false when it names none.</summary>
    /// <param name="key">The key in UTF-8.</param>
    /// <param name="partition">The partition.</param>
    public bool TryFind(ReadOnlySpan<byte> key, out int partition)
    {
        partition = 0;
        var slash = key.IndexOf((byte)'/');
        if (slash is <= 0 or > LongestName || key.Length - slash - 1 is 0 or > Limits.IdBytes)
        {
            return false;
        }
        Span<char> workspace = stackalloc char[LongestName];
        var length = Encoding.UTF8.GetChars(key[..slash], workspace);
        if (!_hashes.GetAlternateLookup<ReadOnlySpan<char>>().TryGetValue(workspace[..length], out var hash))
        {
            try
            {
                hash = In(workspace[..length].ToString());
            }
            catch (ScoringException)
            {
                return false;
            }
        }
        partition = hash.Of(key[(slash + 1)..]);
        return true;
    }

    private PartitionHash In(string workspace)
    {
        if (_hashes.TryGetValue(workspace, out var hash))
        {
            return hash;
        }
        hash = new(workspace, engine.Host.Partitions);
        // Names that are not those of workspaces come from keys that anybody may make up, and are not kept.
        return engine.Host.Workspace(workspace).Name == workspace ? _hashes.GetOrAdd(workspace, hash) : hash;
    }
}
