namespace Scoring.Core.History;

/// <summary>A correction as the archive keeps it.</summary>
/// <param name="CorrectionId">The id that it came with; empty for none.</param>
/// <param name="Voided">
/// The event that counts no more, without its account: of several alike, the one that came first. Null when its type was removed from the workspace since.
/// </param>
/// <param name="Replacement">What was recorded instead, which is an event of its own; null for nothing, or when its type was removed since.</param>
public sealed record RecordedCorrection(string CorrectionId, PastEvent? Voided, CorrectedEvent? Replacement)
{
    /// <summary>Whether it is what a correction asks for.</summary>
    public bool IsOf(EventCorrection asked) =>
        Voided is { } voided
        && asked.Event.Is(voided)
        && (Replacement is null) == (asked.Replacement is null)
        && (Replacement is null || Replacement with { AccountId = "" } == asked.Replacement! with { AccountId = "" });

    /// <summary>The corrections among changes, in their order.</summary>
    public static IEnumerable<(PastChange Change, RecordedCorrection Correction)> Among(
        IEnumerable<PastChange> changes
    ) =>
        from change in changes
        where change.Kind == ChangeKind.Correction
        select (change, CorrectionCodec.Read(change.Content.Span));
}
