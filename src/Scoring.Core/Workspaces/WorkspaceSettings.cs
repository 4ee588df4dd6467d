using Scoring.Core.Lifecycles;

namespace Scoring.Core.Workspaces;

/// <summary>What must be known of a workspace before its first event is recorded.</summary>
public sealed record WorkspaceSettings
{
    /// <summary>The name that stands for an empty workspace field.</summary>
    public const string DefaultName = "default";

    /// <summary>The workspace's name: 1 to 64 lower-case letters, digits, '_' or '-'.</summary>
    public required string Name { get; init; }

    /// <summary>
    /// Half-lives, in days, of the decayed quantities that are kept: 1 to 8 of them, each 1 to 3,650, rising. Facts hold one sum for
    /// each, so the half-lives of a workspace cannot be changed once it has facts.
    /// </summary>
    public IReadOnlyList<int> HalfLivesDays { get; init; } = [7, 30];

    /// <summary>The features that count for depth; empty means every feature that was ever used.</summary>
    public IReadOnlyList<string> KeyFeatures { get; init; } = [];

    /// <summary>
    /// Event types that happen to a customer rather than being done by it: counted and scored, but they make nobody active.
    /// A change holds for events recorded after it.
    /// </summary>
    public IReadOnlyList<string> PassiveEventTypes { get; init; } = [];

    /// <summary>What tells new, active, dormant and churned customers apart.</summary>
    public LifecycleSettings Lifecycle { get; init; } = new();

    /// <summary>The model that stands for an empty model field.</summary>
    public string DefaultModel { get; init; } = "engagement";
}
