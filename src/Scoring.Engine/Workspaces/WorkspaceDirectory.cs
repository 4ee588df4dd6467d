using System.Collections.Frozen;
using Scoring.Core;
using Scoring.Core.Backend;
using Scoring.Core.Workspaces;
using Scoring.Engine.Partitions;

namespace Scoring.Engine.Workspaces;

/// <summary>The configured workspaces, by name.</summary>
internal sealed class WorkspaceDirectory(
    IReadOnlyList<WorkspaceSettings> configured,
    IReadOnlyList<StoredWorkspace> stored,
    int partitions
)
{
    private readonly FrozenDictionary<string, EngineWorkspace> _workspaces = stored
        .Select((s, number) => (Number: number, Settings: configured.FirstOrDefault(c => c.Name == s.Name)))
        .Where(w => w.Settings is not null)
        .Select(w => new EngineWorkspace(w.Number, w.Settings!, new PartitionHash(w.Settings!.Name, partitions)))
        .ToFrozenDictionary(w => w.Settings.Name, StringComparer.Ordinal);

    public IEnumerable<EngineWorkspace> All => _workspaces.Values;

    /// <summary>The workspace of a name; an empty name stands for the default one.</summary>
    /// <exception cref="ScoringException"><see cref="ScoringError.WorkspaceNotFound"/>.</exception>
    public EngineWorkspace Get(string name) =>
        _workspaces.GetValueOrDefault(name.Length == 0 ? WorkspaceSettings.DefaultName : name)
        ?? throw Refusals.WorkspaceNotFound(name);
}
