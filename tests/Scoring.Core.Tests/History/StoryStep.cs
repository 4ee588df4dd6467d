using Scoring.Core.Adjustments;
using Scoring.Core.Names;
using Scoring.Core.Time;
using Scoring.Core.Workspaces;
using PastEvent = Scoring.Core.Tests.Oracle.PastEvent;

namespace Scoring.Core.Tests.History;

/// <summary>Something that is received of a customer.</summary>
/// <param name="Gap">How many seconds, and one more, after what was received before.</param>
internal abstract record StoryStep(int Gap)
{
    /// <summary>Has it happen.</summary>
    public abstract void Play(RecordedCustomer customer, WorkspaceSettings settings, Instant at);

    /// <summary>The events that it brings, as an oracle takes them.</summary>
    public virtual IEnumerable<PastEvent> EventsAt(Instant receivedAt) => [];
}

/// <summary>An event. Lag: how many seconds after it occurred it is received; below 0 by a clock that is ahead.</summary>
internal sealed record EventStep(int Gap, string Type, double Value, string Feature, string Account, double Lag)
    : StoryStep(Gap)
{
    public override void Play(RecordedCustomer customer, WorkspaceSettings settings, Instant at) =>
        customer.Record(Type, at - TimeSpan.FromSeconds(Lag), at, Value, Feature, Account);

    public override IEnumerable<PastEvent> EventsAt(Instant receivedAt) =>
        [new(Story.Customer, Account, Type, Value, Feature, receivedAt - TimeSpan.FromSeconds(Lag))];
}

/// <summary>Nothing happens.</summary>
internal sealed record PauseStep(int Gap) : StoryStep(Gap)
{
    public override void Play(RecordedCustomer customer, WorkspaceSettings settings, Instant at) { }
}

internal sealed record UpdateStep(int Gap, string Account, string Plan) : StoryStep(Gap)
{
    public override void Play(RecordedCustomer customer, WorkspaceSettings settings, Instant at) =>
        customer.Upsert(at, Account, ("plan", Plan));
}

/// <summary>An adjustment; without a kind it is removed.</summary>
internal sealed record AdjustmentStep(int Gap, string Model, AdjustmentKind? Kind, double Score, double? Days)
    : StoryStep(Gap)
{
    public ScoreAdjustment? At(Instant at) =>
        Kind is { } kind
            ? new(Model, kind, Score, "because", "ada", at, Days is { } days ? at + TimeSpan.FromDays(days) : null)
            : null;

    public override void Play(RecordedCustomer customer, WorkspaceSettings settings, Instant at) =>
        customer.Adjust(at, Model, At(at));
}

/// <summary>A merge. Steps: what had happened to the customer that is merged.</summary>
internal sealed record AdoptionStep(int Gap, IReadOnlyList<StoryStep> Steps) : StoryStep(Gap)
{
    public override void Play(RecordedCustomer customer, WorkspaceSettings settings, Instant at)
    {
        var merged = new RecordedCustomer(settings, $"merged at {at}");
        foreach (var step in Steps)
        {
            step.Play(merged, settings, at);
        }
        customer.Adopt(at, merged.Stored);
    }

    public override IEnumerable<PastEvent> EventsAt(Instant receivedAt) =>
        Steps.SelectMany(step => step.EventsAt(receivedAt));

    public override string ToString() => $"AdoptionStep {{ {string.Join("; ", Steps)} }}";
}

internal sealed record LeftAccountStep(int Gap) : StoryStep(Gap)
{
    public override void Play(RecordedCustomer customer, WorkspaceSettings settings, Instant at) =>
        customer.LeaveAccount(at);
}

internal sealed record PruningStep(int Gap, KnownName[] Names) : StoryStep(Gap)
{
    public override void Play(RecordedCustomer customer, WorkspaceSettings settings, Instant at) =>
        customer.Prune(at, Names);

    public override string ToString() => $"PruningStep {{ {string.Join(", ", Names)} }}";
}

internal sealed record OpeningStep(int Gap) : StoryStep(Gap)
{
    public override void Play(RecordedCustomer customer, WorkspaceSettings settings, Instant at) =>
        customer.OpenArchive(at);
}
