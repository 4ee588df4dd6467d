namespace Scoring.Core.Lifecycles;

/// <summary>What a workspace's lifecycle is told by.</summary>
/// <remarks>
/// The workspace names the event types and not the model: when an event of theirs was last is kept from the event on, and keeping it for every
/// type that some model might name would cost 8 bytes for each type of each customer.
/// </remarks>
public sealed record LifecycleSettings
{
    /// <summary>Longest of the two periods, in days.</summary>
    public const int MostDays = 3_650;

    /// <summary>UTC days for which a customer is new, counted from the day of its first event or upsert, 0 to <see cref="MostDays"/>.</summary>
    public int NewDays { get; init; } = 14;

    /// <summary>UTC days without activity after which a customer is dormant, 1 to <see cref="MostDays"/>.</summary>
    public int DormantDays { get; init; } = 30;

    /// <summary>Event types that end the relationship. A change holds for events recorded after it.</summary>
    public IReadOnlyList<string> EndingEventTypes { get; init; } = ["subscription_cancelled"];

    /// <summary>Event types that reopen it; none may also end it. A change holds for events recorded after it.</summary>
    public IReadOnlyList<string> ReturningEventTypes { get; init; } = ["subscription_started"];

    /// <summary>Says what is out of its range; null when nothing is.</summary>
    public string? Fault =>
        NewDays is < 0 or > MostDays ? $"{nameof(NewDays)} must be 0 to {MostDays:N0}"
        : DormantDays is < 1 or > MostDays ? $"{nameof(DormantDays)} must be 1 to {MostDays:N0}"
        : EndingEventTypes.Intersect(ReturningEventTypes, StringComparer.Ordinal).FirstOrDefault() is { } both
            ? $"'{both}' cannot be both in {nameof(EndingEventTypes)} and in {nameof(ReturningEventTypes)}"
        : null;

    /// <summary>What an event of a type does to the relationship.</summary>
    internal LifecycleTurn TurnOf(string eventType) =>
        EndingEventTypes.Contains(eventType, StringComparer.Ordinal) ? LifecycleTurn.Ends
        : ReturningEventTypes.Contains(eventType, StringComparer.Ordinal) ? LifecycleTurn.Returns
        : LifecycleTurn.None;
}
