using System.Collections.Concurrent;
using Scoring.Core.Models;
using Scoring.Core.Time;
using Scoring.Core.Workspaces;

namespace Scoring.Grains.Tests.Fakes;

/// <summary>The store of a cluster in the memory of a test: partitions with an owner each, and models.</summary>
internal sealed class SharedStore
{
    private readonly List<ScoringModel> _models = [];

    public const string Workspace = "w";

    public static Instant Now { get; } = Instant.From(new DateTimeOffset(2026, 1, 10, 12, 0, 0, TimeSpan.Zero));

    public SharedStore(int partitions = 64)
    {
        Settings = new WorkspaceSettings { Name = Workspace };
        Partitions = [.. Enumerable.Range(0, partitions).Select(number => new SharedPartition(number, Settings))];
        _models.Add(Samples.Model() with { Version = 1 });
    }

    public WorkspaceSettings Settings { get; }

    public SharedPartition[] Partitions { get; }

    /// <summary>The processes that there ever were, by silo.</summary>
    public ConcurrentDictionary<SiloAddress, EngineProcess> Processes { get; } = new();

    /// <summary>What every opening waits for.</summary>
    public Func<int, Task> BeforeOpening { get; set; } = _ => Task.CompletedTask;

    /// <summary>What every refresh of models waits for.</summary>
    public Func<EngineProcess, Task> BeforeRefresh { get; set; } = _ => Task.CompletedTask;

    public IReadOnlyList<ScoringModel> Models
    {
        get
        {
            lock (_models)
            {
                return [.. _models];
            }
        }
    }

    public EngineProcess ProcessOf(SiloAddress silo) =>
        Processes.GetOrAdd(silo, address => new EngineProcess(this, address));

    /// <summary>The partitions that a silo has.</summary>
    public int[] OpenOn(SiloAddress silo) =>
        [.. Partitions.Where(partition => partition.Owner?.Silo.Equals(silo) == true).Select(p => p.Number)];

    public ScoringModel Put(ScoringModel model)
    {
        lock (_models)
        {
            var current = _models.FirstOrDefault(m => m.Name == model.Name)?.Version ?? 0;
            var stored = model with { Version = current + 1 };
            _models.RemoveAll(m => m.Name == model.Name);
            _models.Add(stored);
            return stored;
        }
    }
}
