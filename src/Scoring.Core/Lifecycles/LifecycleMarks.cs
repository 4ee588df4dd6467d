using Scoring.Core.Facts;
using Scoring.Core.Time;

namespace Scoring.Core.Lifecycles;

/// <summary>What is kept of a customer for its lifecycle, beside its active days. It does not depend on the order in which events came.</summary>
/// <param name="FirstDay">UTC day of the first event or upsert, whichever is earlier; what lies before 1970 counts as 1970-01-01.</param>
/// <param name="Turn">
/// The newest event that ends or reopens the relationship: its ticks in the high 63 bits, 1 in the lowest when it reopens it. So the larger
/// of two is the newer one, and of two at one instant the one that reopens.
/// </param>
internal readonly record struct LifecycleMarks(ushort FirstDay, long Turn)
{
    /// <summary>Nothing known: later than every day that can be, the last of which is 2149-06-05.</summary>
    public const ushort NoDay = ushort.MaxValue;

    /// <summary>No event that ends or reopens.</summary>
    public const long NoTurn = long.MinValue;

    /// <summary>The newest active day of a customer that never was active.</summary>
    public const int Never = int.MinValue;

    /// <summary>Those of a customer of whom nothing is known.</summary>
    public static LifecycleMarks None { get; } = new(NoDay, NoTurn);

    /// <summary>Whether the relationship has ended.</summary>
    public bool IsChurned => Turn != NoTurn && (Turn & 1) == 0;

    /// <summary>An event as <see cref="Turn"/>.</summary>
    public static long TurnOf(LifecycleTurn turn, Instant at) =>
        turn == LifecycleTurn.None ? NoTurn : (at.Ticks << 1) | (turn == LifecycleTurn.Returns ? 1L : 0);

    /// <summary>The newest active day, or <see cref="Never"/>.</summary>
    public static int NewestActiveDay(FactsView facts) =>
        facts.ActiveDays is { IsEmpty: false } days ? days.Newest : Never;

    /// <summary>These marks and what an event or upsert adds to them.</summary>
    public LifecycleMarks With(int day, long turn) => new(Earlier(FirstDay, day), Math.Max(Turn, turn));

    /// <summary>The earlier of a first day and another day.</summary>
    public static ushort Earlier(ushort first, int day) => (ushort)Math.Clamp(day, 0, Math.Min((int)first, NoDay - 1));

    /// <summary>Whether a day is one of the first so many of a customer.</summary>
    public bool IsWithin(int firstDays, int today) => FirstDay > today - firstDays;

    /// <summary>The lifecycle on a day.</summary>
    /// <param name="today">The UTC day.</param>
    /// <param name="newestActiveDay">The customer's newest active day, or <see cref="Never"/>.</param>
    /// <param name="settings">Those of the workspace.</param>
    public Lifecycle On(int today, int newestActiveDay, LifecycleSettings settings) =>
        IsChurned ? Lifecycle.Churned
        : IsWithin(settings.NewDays, today) ? Lifecycle.New
        : newestActiveDay > today - settings.DormantDays ? Lifecycle.Active
        : Lifecycle.Dormant;
}
