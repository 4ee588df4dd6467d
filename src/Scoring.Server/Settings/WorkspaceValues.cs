using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using Scoring.Core;
using Scoring.Core.Lifecycles;
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

    [Description("Days for which a customer is new, counted from its first event or upsert.")]
    [Range(0, LifecycleSettings.MostDays)]
    public int NewDays { get; init; } = 14;

    [Description("Days without activity after which a customer is dormant.")]
    [Range(1, LifecycleSettings.MostDays)]
    public int DormantDays { get; init; } = 30;

    [Description(
        "Event types that end the relationship with a customer: it is churned from then on. A change holds for events recorded after it."
    )]
    [Names(Limits.EventTypes)]
    public SettingList<string> EndingEventTypes { get; init; } = new(["subscription_cancelled"]);

    [Description("Event types that reopen it; none of them may also end it.")]
    [Names(Limits.EventTypes)]
    public SettingList<string> ReturningEventTypes { get; init; } = new(["subscription_started"]);

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
            Lifecycle = new LifecycleSettings
            {
                NewDays = NewDays,
                DormantDays = DormantDays,
                EndingEventTypes = EndingEventTypes,
                ReturningEventTypes = ReturningEventTypes,
            },
        };
}
