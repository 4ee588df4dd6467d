using System.Diagnostics;
using Microsoft.Extensions.Logging;
using Scoring.Cluster.Front;
using Scoring.Core;
using Scoring.Core.Backend;
using Scoring.Core.Models;
using Scoring.Core.Workspaces;

namespace Scoring.Cluster.Models;

/// <summary>Loads models from files. Every silo does so when it starts; what is loaded already stays as it is.</summary>
public sealed partial class ModelLoader(IGrainFactory grains, ILogger<ModelLoader> logger)
{
    // Silos that start together on a busy machine may need some of it until they answer each other.
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(5);

    /// <summary>Stores a model as the next version of its name, unless this content was loaded before: a file never replaces what was put since.</summary>
    /// <remarks>What the cluster or its store does not answer is tried again, for a minute.</remarks>
    /// <param name="workspace">The workspace.</param>
    /// <param name="model">The model; its version is not looked at.</param>
    /// <param name="contentHash">Stands for the file's content.</param>
    /// <returns>Its version; 0 when it is as it was.</returns>
    /// <exception cref="ScoringException">The model is invalid, there are as many as may be, or the cluster did not answer for a minute.</exception>
    public async Task<int> LoadAsync(WorkspaceSettings workspace, ScoringModel model, string contentHash)
    {
        Refusals.ThrowIfInvalid(model, workspace);
        var content = ModelJson.Write([model with { Version = 0 }]);
        var since = Stopwatch.GetTimestamp();
        for (var pause = FirstPause; ; pause = 2 * pause < LongestPause ? 2 * pause : LongestPause)
        {
            try
            {
                // Loaded again, it is as it was: so it may be, also where nobody knows what became of it.
                var answer = await grains.GetGrain<IModelsGrain>(workspace.Name).LoadAsync(content, contentHash);
                return answer?.Get(model.Name).Version ?? 0;
            }
            catch (Exception e) when (CustomerCalls.IsOfTheCluster(e))
            {
                if (Stopwatch.GetElapsedTime(since) + pause > Patience)
                {
                    throw new ScoringException(
                        ScoringError.Unavailable,
                        $"The model '{model.Name}' of the workspace '{workspace.Name}' could not be loaded for {Patience.TotalSeconds} s: {e.Message}",
                        e
                    );
                }
                NotLoaded(logger, model.Name, workspace.Name, pause.TotalSeconds, e.Message);
            }
            await Task.Delay(pause);
        }
    }

    [LoggerMessage(
        LogLevel.Warning,
        "The model {Model} of the workspace {Workspace} could not be loaded; the next attempt is in {Pause} s: {Why}"
    )]
    private static partial void NotLoaded(ILogger logger, string model, string workspace, double pause, string why);
}
