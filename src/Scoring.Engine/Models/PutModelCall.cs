using Scoring.Core;
using Scoring.Core.Backend;
using Scoring.Core.Models;
using Scoring.Core.Workspaces;

namespace Scoring.Engine.Models;

/// <summary>A model that is to be stored.</summary>
internal sealed class PutModelCall(int workspace, WorkspaceSettings settings, ScoringModel model)
{
    private readonly TaskCompletionSource<ScoringModel> _answer = new(
        TaskCreationOptions.RunContinuationsAsynchronously
    );

    /// <summary>The workspace's number.</summary>
    public int Workspace { get; } = workspace;

    public WorkspaceSettings Settings { get; } = settings;

    public ScoringModel Model { get; } = model;

    /// <summary>Content hash of the file that the model comes from; null when it does not come from one.</summary>
    public string? SourceHash { get; init; }

    /// <summary>Completes with the stored model.</summary>
    public Task<ScoringModel> Answer => _answer.Task;

    /// <summary>Why the model cannot follow the current version of its name; null when it can.</summary>
    /// <param name="current">The current version; null when there is none.</param>
    /// <param name="count">Models of the workspace.</param>
    public ScoringException? Refusal(StoredModel? current, int count) =>
        Refusals.OfModel(Model, Settings, current?.Model.Version ?? 0, count);

    public void Stored(ScoringModel stored) => _answer.TrySetResult(stored);

    /// <summary>Answers the call with an error, unless it has been answered.</summary>
    public void Fail(Exception error) => _answer.TrySetException(error);
}
