using Scoring.Core;
using Scoring.Engine;
using Scoring.Grains.Relay;

namespace Scoring.Grains.Models;

/// <summary>Loads the models of a server's files into the store, however many servers do the same.</summary>
/// <param name="grains">Reaches the grain that does it.</param>
public sealed class ModelLoader(IGrainFactory grains)
{
    private static readonly TimeSpan TryAgainAfter = TimeSpan.FromMilliseconds(500);

    /// <summary>
    /// Stores models that differ from what was loaded before, and sees to it that what models and settings use has room. It waits for partitions that are not
    /// open anywhere yet, so it is for after the start.
    /// </summary>
    /// <param name="sources">The models; may be none.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="ScoringException">A model is invalid.</exception>
    public async Task LoadAsync(IReadOnlyList<ModelSource> sources, CancellationToken cancellationToken)
    {
        ModelSource[] files = [.. sources];
        while (true)
        {
            try
            {
                await grains.GetGrain<IModelsGrain>(IModelsGrain.Key).LoadAsync(files).WaitAsync(cancellationToken);
                return;
            }
            // What was loaded already is not loaded again.
            catch (Exception e)
                when (ClusterFailures.IsOne(e, cancellationToken)
                    || e is ScoringException { Error: ScoringError.Unavailable }
                ) { }
            await Task.Delay(TryAgainAfter, cancellationToken);
        }
    }
}
