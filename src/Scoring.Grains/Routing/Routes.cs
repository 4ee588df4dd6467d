using Scoring.Core.Backend;
using Scoring.Grains.Announcements;
using Scoring.Grains.Partitions;
using Scoring.Grains.Stores;

namespace Scoring.Grains.Routing;

/// <summary>The way from this silo to all partitions.</summary>
internal sealed class Routes(EngineParts engine, PartitionMap map, ModelAnnouncer announcer)
{
    private readonly EngineRoutes _routes = engine.Connect(map, _ => announcer.AnnounceAsync());

    /// <summary>Divides calls by partition, one call for each silo.</summary>
    public IScoringBackend Backend => _routes.Backend;

    /// <inheritdoc cref="EngineRoutes.LoadModels"/>
    public Task LoadModelsAsync(IReadOnlyList<Engine.ModelSource> sources) => _routes.LoadModels(sources);
}
