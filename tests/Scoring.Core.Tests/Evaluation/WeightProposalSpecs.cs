using Scoring.Core.Evaluation;

namespace Scoring.Core.Tests.Evaluation;

/// <summary>Proposed weights are judged by the part of the past that did not teach them.</summary>
public sealed class WeightProposalSpecs
{
    private static readonly CancellationToken Token = TestContext.Current.CancellationToken;
    private static readonly ProposalQuery Query = TermPart.Query();

    private static FittedWeights Fitted { get; } =
        FittedWeights.Of(
            Query,
            TermPart.Model(1, 1),
            TermPart.Of([.. Some(200, 1).Select(row => (row.Values, row.Happened))]),
            Token
        );

    [Fact]
    public void Only_the_second_part_judges_and_the_first_teaches_probabilities()
    {
        var (first, second) = (Some(200, 2), Some(300, 3));

        var proposal = WeightProposal.Of(Query, Fitted, TermPart.Of(first, second), Token);

        var (draft, old) = (Of(second, 0), Of(second, 1));
        Assert.Equal(AreaUnderRoc.Of(draft), proposal.Evaluation.Models[0].Area);
        Assert.Equal(AreaUnderRoc.Of(old), proposal.Evaluation.Models[1].Area);
        Assert.Equal(AreaDifference.Of(draft, old), proposal.Evaluation.Difference);
        Assert.Equal(AveragePrecision.Of(draft), proposal.Evaluation.Models[0].AveragePrecision);
        Assert.Equal(second.Count(row => row.Happened), proposal.Evaluation.Models[0].Lead.Happened);
        var curve = LogisticCalibration.Fit(Of(first, 0))!;
        double[] probabilities = [.. second.Select(row => curve.Probability(row.Values[0]))];
        Assert.Equal(
            Calibration.Of(probabilities, draft.Happened)!.LogLoss,
            proposal.Evaluation.Models[0].Calibration!.LogLoss,
            1e-12
        );
        var judged = Assert.Single(proposal.Evaluation.CutOffs);
        Assert.Equal(
            (Query.Evaluation.CutOffs[1], 300, draft.Positives),
            (judged.Time, judged.Customers, judged.Happened)
        );
        Assert.Equal([Query.Evaluation.CutOffs[0]], proposal.Taught.Select(cutOff => cutOff.Time));
        Assert.Same(Fitted.Draft, proposal.Draft);
        Assert.Empty(proposal.Gaps);
    }

    [Fact]
    public void It_says_which_share_is_in_each_band_before_and_after()
    {
        var second = Some(300, 3);

        var bands = WeightProposal.Of(Query, Fitted, TermPart.Of(Some(200, 2), second), Token).Bands;

        var model = Fitted.Model;
        Assert.Equal(model.Bands.Select(band => band.Name), bands.Select(band => band.Name));
        for (var i = 0; i < bands.Count; i++)
        {
            Assert.Equal(second.Count(row => model.BandOf(row.Values[0]) == i) / 300.0, bands[i].DraftShare, 1e-12);
            Assert.Equal(second.Count(row => model.BandOf(row.Values[1]) == i) / 300.0, bands[i].BaseShare, 1e-12);
        }
    }

    [Fact]
    public void What_cannot_be_judged_is_not_proposed()
    {
        var proposal = WeightProposal.Of(Query, Fitted, TermPart.Of(Some(200, 2), Some(40, 3)), Token);

        Assert.Equal([ProposalGap.TooFewToJudge], proposal.Gaps);
        Assert.Null(proposal.Draft);
        Assert.Empty(proposal.Weights);
        Assert.Empty(proposal.Bands);
        Assert.Equal(2, proposal.Evaluation.Models.Count);
    }

    [Fact]
    public void Where_nothing_was_fitted_the_model_is_judged_alone()
    {
        var few = FittedWeights.Of(
            Query,
            TermPart.Model(1, 1),
            TermPart.Of([.. Some(20, 1).Select(row => (row.Values, row.Happened))]),
            Token
        );
        var alone = Some(300, 3).ConvertAll(row => (row.Customer, (double[])[row.Values[1]], row.Happened));

        var proposal = WeightProposal.Of(Query, few, TermPart.Of(alone, alone), Token);

        Assert.Equal([ProposalGap.TooFewPerWeight], proposal.Gaps);
        Assert.Equal([few.Model.Name], proposal.Evaluation.Models.Select(model => model.Name));
        Assert.Equal((few.Outcomes, 20), (proposal.Outcomes, proposal.NeededOutcomes));
        Assert.Null(proposal.Evaluation.Difference);
    }

    /// <summary>Customers with two values, a third of whom it happened to, mostly with high ones.</summary>
    private static List<(int Customer, double[] Values, bool Happened)> Some(int count, int seed)
    {
        var random = new Random(seed);
        return
        [
            .. Enumerable
                .Range(0, count)
                .Select(i =>
                {
                    var happened = random.Next(3) == 0;
                    double[] values = [random.Next(100) + (happened ? 40 : 0), random.Next(100) + (happened ? 10 : 0)];
                    return (i, values, happened);
                }),
        ];
    }

    private static Outcomes Of(List<(int Customer, double[] Values, bool Happened)> rows, int model) =>
        new(
            [.. rows.Select(row => row.Values[model])],
            [.. rows.Select(row => row.Happened)],
            [.. rows.Select(row => row.Customer)]
        );
}
