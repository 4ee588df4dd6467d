namespace Scoring.Engine.Moving;

/// <summary>What a store holds for a workspace as a whole.</summary>
/// <param name="Name">The workspace.</param>
/// <param name="HalfLivesDays">The half-lives that its customers' facts are kept for.</param>
/// <param name="PassiveEventTypes">The event types that make nobody active, as of the newest event.</param>
/// <param name="Models">Its models.</param>
public sealed record MovedWorkspace(
    string Name,
    IReadOnlyList<int> HalfLivesDays,
    IReadOnlyList<string> PassiveEventTypes,
    IReadOnlyList<MovedModel> Models
);
