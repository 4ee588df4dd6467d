using System.Collections.Concurrent;
using Scoring.Cluster.Vocabularies;
using Scoring.Core;
using Scoring.Core.Backend;
using Scoring.Core.Workspaces;

namespace Scoring.Cluster.Workspaces;

/// <summary>The configured workspaces, and what grains of this silo share of each.</summary>
internal sealed class WorkspaceDirectory
{
    private readonly ConcurrentDictionary<string, SiloWorkspace> _workspaces = new(StringComparer.Ordinal);
    private readonly IGrainFactory _grains;

    public WorkspaceDirectory(ClusterOptions options, IGrainFactory grains)
    {
        _grains = grains;
        Add(new WorkspaceSettings { Name = WorkspaceSettings.DefaultName });
        foreach (var settings in options.Workspaces)
        {
            Add(settings);
        }
    }

    /// <summary>The settings of a workspace; an empty name stands for the default one.</summary>
    /// <exception cref="ScoringException"><see cref="ScoringError.WorkspaceNotFound"/>.</exception>
    public WorkspaceSettings Get(string name) => Silo(name).Settings;

    /// <summary>What grains of this silo share of a workspace.</summary>
    /// <exception cref="ScoringException"><see cref="ScoringError.WorkspaceNotFound"/>.</exception>
    public SiloWorkspace Silo(string name) =>
        _workspaces.GetValueOrDefault(name.Length == 0 ? WorkspaceSettings.DefaultName : name)
        ?? throw Refusals.WorkspaceNotFound(name);

    /// <summary>Adds a workspace, or changes its settings for what is started from now on.</summary>
    internal void Add(WorkspaceSettings settings) =>
        _workspaces[settings.Name] = new SiloWorkspace(
            settings,
            new Vocabulary(_grains.GetGrain<IVocabularyGrain>(settings.Name))
        );
}
