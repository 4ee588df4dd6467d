using System.Collections.Concurrent;
using Scoring.Cluster.Vocabularies;
using Scoring.Core.Populations;
using Scoring.Core.Workspaces;
using Scoring.Postgres;

namespace Scoring.Cluster.Workspaces;

/// <summary>What the grains of a silo share of a workspace.</summary>
/// <param name="settings">The settings.</param>
/// <param name="vocabulary">The names in use.</param>
internal sealed class SiloWorkspace(WorkspaceSettings settings, Vocabulary vocabulary)
{
    // As many as are in use at a time, which is no more than there are threads.
    private readonly ConcurrentBag<OpenCustomer> _idle = [];

    public WorkspaceSettings Settings { get; } = settings;

    public Vocabulary Vocabulary { get; } = vocabulary;

    /// <summary>What the workspace adds to the keys of event ids that were imported.</summary>
    public UInt128 ImportedKey { get; } = ImportedIds.WorkspaceKey(settings.Name);

    /// <summary>Does something with a customer out of its stored form, without waiting in between.</summary>
    public T With<T>(Func<OpenCustomer, T> use)
    {
        var open = _idle.TryTake(out var idle) ? idle : new OpenCustomer(Settings);
        var result = use(open);
        // Not after a fault: what state it left is unknown.
        _idle.Add(open);
        return result;
    }
}
