using Scoring.Core.Evaluation;

namespace Scoring.Core.Tests.Evaluation;

/// <summary>Areas, intervals and tests are those of pROC 1.18.0 under R 4.2.2.</summary>
/// <remarks>
/// <code>
/// one &lt;- roc(happened, a, direction = "&lt;"); two &lt;- roc(happened, b, direction = "&lt;")
/// auc(one); var(one, method = "delong"); ci.auc(one, method = "delong")
/// t &lt;- roc.test(one, two, method = "delong", paired = TRUE); t$p.value; t$conf.int
/// </code>
/// </remarks>
public sealed class AreaSpecs
{
    [Fact]
    public void Areas_without_ties_are_those_of_pROC()
    {
        AssertArea(ReferenceSample.A, 0.7280219780219780, 0.0039075623674848, 0.6055036531722361, 0.8505403028717199);
        AssertArea(
            ReferenceSample.B,
            0.59684065934065933,
            0.00511372160632826,
            0.45668306599943564,
            0.73699825268188301
        );
    }

    [Fact]
    public void Areas_with_ties_are_those_of_pROC()
    {
        AssertArea(
            ReferenceSample.TiedA,
            0.69368131868131866,
            0.00429937137576924,
            0.56516728016844420,
            0.82219535719419312
        );
        AssertArea(
            ReferenceSample.TiedB,
            0.58688186813186816,
            0.00506668345757106,
            0.44737037806832047,
            0.72639335819541584
        );
    }

    [Fact]
    public void Differences_without_ties_are_those_of_pROC() =>
        AssertDifference(
            AreaDifference.Of(ReferenceSample.Of(ReferenceSample.A), ReferenceSample.Of(ReferenceSample.B)),
            0.0151984730996277,
            0.0252705074421544,
            0.2370921299204829
        );

    [Fact]
    public void Differences_with_ties_are_those_of_pROC() =>
        AssertDifference(
            AreaDifference.Of(ReferenceSample.Of(ReferenceSample.TiedA), ReferenceSample.Of(ReferenceSample.TiedB)),
            0.0522618595850344,
            -0.0010450942942254,
            0.2146439953931264
        );

    [Fact]
    public void Differences_of_scores_that_oppose_each_other_are_those_of_pROC() =>
        AssertDifference(
            AreaDifference.Of(
                ReferenceSample.Of(ReferenceSample.A),
                ReferenceSample.Of([.. ReferenceSample.B.Select(b => -b)])
            ),
            0.00824856842271397,
            0.08383840237154030,
            0.56588687235373436
        );

    [Fact]
    public void Few_subjects_with_many_ties_are_those_of_pROC()
    {
        bool[] happened = [true, false, true, false, false, true, false, true, false, false];
        var one = new Outcomes([3, 1, 2, 2, 1, 3, 3, 5, 0, 2], happened);
        var two = new Outcomes([1, 1, 2, 0, 3, 3, 2, 4, 1, 1], happened);

        var area = AreaUnderRoc.Of(one)!;
        Assert.Equal(0.875, area.Area, 1e-14);
        Assert.Equal(0.0114583333333333, area.Variance, 1e-14);
        Assert.Equal(0.6651983897731315, area.Lower, 1e-12);
        Assert.Equal(1, area.Upper);
        Assert.Equal(0.4584351626754921, AreaUnderRoc.Of(two)!.Lower, 1e-12);
        AssertDifference(AreaDifference.Of(one, two), 0.552359386417571, -0.239409858061445, 0.447743191394778);
    }

    [Fact]
    public void A_score_does_not_differ_from_itself_however_it_is_scaled()
    {
        var scaled = ReferenceSample.Of([.. ReferenceSample.A.Select(a => Math.Exp(a / 10))]);
        var difference = AreaDifference.Of(ReferenceSample.Of(ReferenceSample.A), scaled)!;

        Assert.Equal(0, difference.Difference);
        Assert.Equal(1, difference.PValue);
    }

    [Fact]
    public void Without_outcomes_of_both_kinds_there_is_no_area()
    {
        Assert.Null(AreaUnderRoc.Of(new([], [])));
        Assert.Null(AreaUnderRoc.Of(new([1, 2], [true, true])));
        Assert.Null(AreaUnderRoc.Of(new([1, 2, 3], [true, false, false])));
        Assert.NotNull(AreaUnderRoc.Of(new([1, 2, 3, 4], [true, false, false, true])));
    }

    [Fact]
    public void Scores_of_other_subjects_are_not_compared()
    {
        Outcomes Some(params bool[] happened) => new([1, 2, 3, 4], happened);

        Assert.Throws<ArgumentException>(() =>
            AreaDifference.Of(Some(true, false, true, false), Some(true, true, false, false))
        );
        Assert.Throws<ArgumentException>(() => new Outcomes([1, double.NaN], [true, false]));
    }

    private static void AssertArea(double[] scores, double area, double variance, double lower, double upper)
    {
        var found = AreaUnderRoc.Of(ReferenceSample.Of(scores))!;
        Assert.Equal(area, found.Area, 1e-13);
        Assert.Equal(variance, found.Variance, 1e-13);
        Assert.Equal(lower, found.Lower, 1e-12);
        Assert.Equal(upper, found.Upper, 1e-12);
    }

    private static void AssertDifference(AreaDifference? found, double p, double lower, double upper)
    {
        Assert.Equal(p, found!.PValue, 1e-11);
        Assert.Equal(lower, found.Lower, 1e-12);
        Assert.Equal(upper, found.Upper, 1e-12);
    }
}
