namespace Scoring.Core.History;

/// <summary>A reason for which scores changed, of all customers together that belonged to a segment at both instants.</summary>
/// <param name="Kind">The reason.</param>
/// <param name="Term">Place of the term that it comes by in the model; -1 where it is none of one term's.</param>
/// <param name="Subject">What it is about, as of <see cref="ScoreChangePart"/>; empty for customers that were merged, whoever they were.</param>
/// <param name="Customers">How many customers' scores it changed.</param>
/// <param name="Events">How many events it is made of.</param>
/// <param name="Micros">What it adds to their scores, in millionths.</param>
public sealed record SegmentPart(
    ScoreChangeKind Kind,
    int Term,
    string Subject,
    long Customers,
    long Events,
    Int128 Micros
)
{
    /// <summary>By kind, term and subject: each of these is one part.</summary>
    public static Comparer<SegmentPart> ByReason { get; } =
        Comparer<SegmentPart>.Create(
            (one, other) =>
                (one.Kind, one.Term).CompareTo((other.Kind, other.Term)) is var order and not 0
                    ? order
                    : string.CompareOrdinal(one.Subject, other.Subject)
        );

    /// <summary>Both parts, which are of one reason, together.</summary>
    public SegmentPart With(SegmentPart other) =>
        this with
        {
            Customers = Customers + other.Customers,
            Events = Events + other.Events,
            Micros = Micros + other.Micros,
        };
}
