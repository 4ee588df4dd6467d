using System.ComponentModel;
using Scoring.Core;
using Scoring.Core.Workspaces;
using Scoring.Server.Settings.Rules;
using Scoring.Server.Settings.Values;

namespace Scoring.Server.Settings;

/// <summary>The settings of one workspace.</summary>
internal sealed record WorkspaceValues
{
    [Description("Half-lives in days that facts are kept for. Cannot change once the workspace has facts.")]
    [HalfLives]
    public SettingList<int> HalfLivesDays { get; init; } = new([7, 30]);

    [Description("Features that count for the depth of an account; empty means every feature that was ever used.")]
    [Names(Limits.Features)]
    public SettingList<string> KeyFeatures { get; init; } = new([]);

    [Description("Event types that happen to a customer: they are scored but make nobody active.")]
    [Names(Limits.EventTypes)]
    public SettingList<string> PassiveEventTypes { get; init; } =
        new([
            "payment_failed",
            "subscription_started",
            "subscription_upgraded",
            "subscription_downgraded",
            "subscription_cancelled",
        ]);

    [Description("The model that stands for an empty model in a request.")]
    [Name]
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
