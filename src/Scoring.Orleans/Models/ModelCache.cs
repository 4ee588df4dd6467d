using System.Collections.Concurrent;
using System.Diagnostics;
using Scoring.Core;
using Scoring.Core.Backend;
using Scoring.Core.Models;
using Scoring.Core.Workspaces;

namespace Scoring.Cluster.Models;

/// <summary>The models as this silo knows them. Any number of callers at a time.</summary>
/// <remarks>
/// A front uses them for <see cref="ClusterOptions.ModelsAge"/> before it asks for newer ones, so another front's change is seen after that time
/// at the latest; every answer names the version it used. Whoever answers for many grains is told the version, so all use the same.
/// </remarks>
internal sealed class ModelCache(IGrainFactory grains, ClusterOptions options)
{
    private readonly ConcurrentDictionary<string, Known> _known = new(StringComparer.Ordinal);

    /// <summary>The models of a workspace, by name (ordinal), not older than they may be.</summary>
    public async ValueTask<IReadOnlyList<ScoringModel>> ListAsync(string workspace)
    {
        if (_known.TryGetValue(workspace, out var known) && Stopwatch.GetElapsedTime(known.AskedAt) < options.ModelsAge)
        {
            return known.Models;
        }
        return await RefreshAsync(workspace);
    }

    /// <summary>The model that a query names; the workspace's default for an empty name.</summary>
    /// <exception cref="ScoringException"><see cref="ScoringError.ModelNotFound"/>, listing the names there are.</exception>
    public async ValueTask<ScoringModel> GetAsync(WorkspaceSettings workspace, string name)
    {
        var wanted = name.Length == 0 ? workspace.DefaultModel : name;
        var models = await ListAsync(workspace.Name);
        return models.FirstOrDefault(m => m.Name == wanted) ?? throw Refusals.ModelNotFound(workspace, wanted, models);
    }

    /// <summary>A version of a model; null when it is no longer to be had.</summary>
    public async ValueTask<ScoringModel?> FindAsync(string workspace, string name, int version)
    {
        if (_known.TryGetValue(workspace, out var known) && known.Find(name, version) is { } found)
        {
            return found;
        }
        await RefreshAsync(workspace);
        return _known[workspace].Find(name, version);
    }

    /// <summary>Asks for the newest models.</summary>
    public async Task<IReadOnlyList<ScoringModel>> RefreshAsync(string workspace)
    {
        var askedAt = Stopwatch.GetTimestamp();
        var change = _known.TryGetValue(workspace, out var known) ? known.Change : -1;
        return TakeOver(workspace, await grains.GetGrain<IModelsGrain>(workspace).GetAsync(change), askedAt);
    }

    /// <summary>Takes over what the models are after a change.</summary>
    public IReadOnlyList<ScoringModel> TakeOver(string workspace, ModelSet set, long askedAt) =>
        _known
            .AddOrUpdate(
                workspace,
                _ => new Known(set.Change, ModelJson.Read(set.Content!), [], askedAt),
                (_, known) =>
                    set.Content is null || set.Change <= known.Change
                        ? known with
                        {
                            AskedAt = Math.Max(known.AskedAt, askedAt),
                        }
                        : known.Followed(set.Change, ModelJson.Read(set.Content), askedAt)
            )
            .Models;

    /// <param name="Change">The change that they are the models after.</param>
    /// <param name="Models">The newest version of each.</param>
    /// <param name="Before">The versions before, for queries under way.</param>
    /// <param name="AskedAt">When they were asked for.</param>
    private sealed record Known(
        long Change,
        IReadOnlyList<ScoringModel> Models,
        IReadOnlyList<ScoringModel> Before,
        long AskedAt
    )
    {
        public ScoringModel? Find(string name, int version) =>
            Models.Concat(Before).FirstOrDefault(m => m.Name == name && m.Version == version);

        /// <summary>Models that stay the same stay the same objects: what is compiled and columned of them is known by that.</summary>
        public Known Followed(long change, IReadOnlyList<ScoringModel> models, long askedAt) =>
            new(change, [.. models.Select(m => Find(m.Name, m.Version) ?? m)], Models, askedAt);
    }
}
