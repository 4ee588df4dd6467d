using Scoring.Core.Workspaces;

namespace Scoring.Server.Settings;

/// <summary>The settings of one workspace.</summary>
internal sealed record WorkspaceValues
{
    /// <summary>Event types of the shipped model that happen to a customer rather than being done by it.</summary>
    public static readonly IReadOnlyList<string> DefaultPassiveEventTypes =
    [
        "payment_failed",
        "subscription_started",
        "subscription_upgraded",
        "subscription_downgraded",
        "subscription_cancelled",
    ];

    public IReadOnlyList<int> HalfLivesDays { get; init; } = [7, 30];

    public IReadOnlyList<string> KeyFeatures { get; init; } = [];

    public IReadOnlyList<string> PassiveEventTypes { get; init; } = DefaultPassiveEventTypes;

    public string DefaultModel { get; init; } = "engagement";

    public WorkspaceSettings Named(string name) =>
        new()
        {
            Name = name,
            HalfLivesDays = HalfLivesDays,
            KeyFeatures = KeyFeatures,
            PassiveEventTypes = PassiveEventTypes,
            DefaultModel = DefaultModel,
        };
}
