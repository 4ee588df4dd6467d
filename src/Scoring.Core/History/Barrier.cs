using Scoring.Core.Names;
using Scoring.Core.Time;

namespace Scoring.Core.History;

/// <summary>A change that does not do the same to events that were received before it as to those received after it.</summary>
/// <param name="ReceivedAt">When it was received.</param>
/// <param name="Names">The names that it removed; null where it is about the customer's account.</param>
internal sealed record Barrier(Instant ReceivedAt, IReadOnlySet<KnownName>? Names)
{
    /// <summary>A change as one of these; null for one that is none.</summary>
    public static Barrier? Of(PastChange change) =>
        change.Kind switch
        {
            ChangeKind.Pruning => new(change.ReceivedAt, ChangeCodec.ReadNames(change.Content.Span).ToHashSet()),
            // A merged customer brings its account along for one who has none.
            ChangeKind.Adoption or ChangeKind.LeftAccount => new(change.ReceivedAt, null),
            _ => null,
        };

    /// <summary>Whether it is about something that an event says.</summary>
    public bool Concerns(in PastEvent item) =>
        Names is null
            ? item.AccountId.Length > 0
            : Names.Contains(new(NameKind.EventType, item.EventType))
                || Names.Contains(new(NameKind.Feature, item.Feature));
}
