namespace Scoring.Core.Evaluation;

/// <summary>Whether outcomes are enough to say something by.</summary>
public static class Evidence
{
    /// <summary>Fewest subjects of each kind. With fewer the normal interval of an area is not to be relied upon.</summary>
    public const int FewestOfEachKind = 30;

    /// <summary>Widest 95 % interval of an area that tells a good score from a bad one.</summary>
    public const double WidestInterval = 0.2;

    /// <summary>What is missing, in order; nothing when there is enough.</summary>
    /// <param name="outcomes">The outcomes. Rows of one subject count once for each kind.</param>
    /// <param name="area">Their area, as far as there is one.</param>
    public static IReadOnlyList<EvidenceGap> GapsOf(Outcomes outcomes, AreaUnderRoc? area)
    {
        var (happened, didNot) = (new HashSet<int>(), new HashSet<int>());
        for (var row = 0; row < outcomes.Count; row++)
        {
            (outcomes.Happened[row] ? happened : didNot).Add(outcomes.SubjectOf(row));
        }
        var gaps = new List<EvidenceGap>();
        if (happened.Count < FewestOfEachKind)
        {
            gaps.Add(EvidenceGap.TooFewHappened);
        }
        if (didNot.Count < FewestOfEachKind)
        {
            gaps.Add(EvidenceGap.TooFewDidNotHappen);
        }
        if (area is { Area: 0 or 1 })
        {
            gaps.Add(EvidenceGap.NoErrors);
        }
        else if (area is null || area.Upper - area.Lower > WidestInterval)
        {
            gaps.Add(EvidenceGap.IntervalTooWide);
        }
        return gaps;
    }
}
