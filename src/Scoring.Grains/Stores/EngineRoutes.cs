using Scoring.Core.Backend;
using Scoring.Engine;

namespace Scoring.Grains.Stores;

/// <summary>The way to all partitions of the store, wherever they are.</summary>
/// <param name="Backend">Divides every call by partition, one call for each host. Models and names are changed by one process at a time.</param>
/// <param name="LoadModelsAsync">Puts models from files that differ from what was loaded before, and gives what models and settings use its room; by one process at a time.</param>
public sealed record EngineRoutes(IScoringBackend Backend, Func<IReadOnlyList<ModelSource>, Task> LoadModelsAsync);
