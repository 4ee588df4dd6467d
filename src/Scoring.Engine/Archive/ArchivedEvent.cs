using Scoring.Core.Time;

namespace Scoring.Engine.Archive;

/// <summary>An event as a file of the archive holds it. Its names are numbers; what they stand for an <see cref="IArchiveNames"/> says that comes along.</summary>
/// <param name="Row">The customer's row.</param>
/// <param name="Type">Number of what happened.</param>
/// <param name="Feature">Number of the feature that was used; <see cref="NoName"/> for none.</param>
/// <param name="Account">Number of the account that the event names; <see cref="NoName"/> for none.</param>
/// <param name="OccurredAt">When it happened, exactly.</param>
/// <param name="ReceivedSecond">When it was received, in seconds since 1970-01-01T00:00:00Z, rounded up.</param>
/// <param name="Value">How much of it happened.</param>
internal readonly record struct ArchivedEvent(
    int Row,
    int Type,
    int Feature,
    int Account,
    Instant OccurredAt,
    long ReceivedSecond,
    double Value
)
{
    /// <summary>Stands for no feature and for no account.</summary>
    public const int NoName = -1;

    /// <summary>How many seconds before it was received it was known: of a past that was imported. Otherwise 0.</summary>
    public long KnownBefore { get; init; }

    /// <summary>The receipt of some whole second; the first or last instant there is when it lies beyond.</summary>
    public static Instant ReceiptAt(long second) =>
        new((long)Int128.Clamp((Int128)second * TimeSpan.TicksPerSecond, long.MinValue, long.MaxValue));
}
