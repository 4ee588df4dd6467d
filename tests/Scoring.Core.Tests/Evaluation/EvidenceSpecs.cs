using Scoring.Core.Evaluation;

namespace Scoring.Core.Tests.Evaluation;

/// <summary>What is too little to say anything by is told.</summary>
public sealed class EvidenceSpecs
{
    [Fact]
    public void Few_of_a_kind_are_too_few()
    {
        Assert.Contains(EvidenceGap.TooFewHappened, Gaps(Some(29, 400)));
        Assert.Contains(EvidenceGap.TooFewDidNotHappen, Gaps(Some(400, 29)));
        Assert.Equal(
            [EvidenceGap.TooFewHappened, EvidenceGap.TooFewDidNotHappen, EvidenceGap.IntervalTooWide],
            Gaps(new([], []))
        );
    }

    [Fact]
    public void Subjects_count_and_not_rows()
    {
        var rows = Some(60, 400);
        int[] subjects = [.. Enumerable.Range(0, rows.Count).Select(row => row % 20)];

        Assert.Contains(
            EvidenceGap.TooFewHappened,
            Gaps(new(rows.Scores.ToArray(), rows.Happened.ToArray(), subjects))
        );
    }

    [Fact]
    public void A_wide_interval_says_nothing()
    {
        Assert.Contains(EvidenceGap.IntervalTooWide, Gaps(Some(30, 30)));
        Assert.Empty(Gaps(Some(400, 400)));
    }

    [Fact]
    public void Scores_without_an_error_are_no_evidence_but_a_reason_to_look()
    {
        bool[] happened = [.. Enumerable.Range(0, 200).Select(i => i >= 100)];

        Assert.Equal([EvidenceGap.NoErrors], Gaps(new([.. Enumerable.Range(0, 200).Select(i => (double)i)], happened)));
    }

    private static IReadOnlyList<EvidenceGap> Gaps(Outcomes outcomes) =>
        Evidence.GapsOf(outcomes, AreaUnderRoc.Of(outcomes));

    /// <summary>So many of each kind, whose scores overlap.</summary>
    private static Outcomes Some(int happened, int didNot) =>
        new(
            [
                .. Enumerable.Range(0, happened).Select(i => (i * 37 % 101) + 20.0),
                .. Enumerable.Range(0, didNot).Select(i => (double)(i * 53 % 103)),
            ],
            [.. Enumerable.Range(0, happened + didNot).Select(i => i < happened)]
        );
}
