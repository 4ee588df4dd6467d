using Scoring.Core.Evaluation;

namespace Scoring.Core.Tests.Evaluation;

/// <summary>Probabilities are made of scores by what happened before, and judged by what happens then.</summary>
public sealed class CalibrationSpecs
{
    [Fact]
    public void Brier_and_log_loss_are_as_defined()
    {
        var calibration = Calibration.Of([0.8, 0.3, 0.5], [true, false, true])!;

        Assert.Equal((0.04 + 0.09 + 0.25) / 3, calibration.Brier, 1e-12);
        Assert.Equal(-(Math.Log(0.8) + Math.Log(0.7) + Math.Log(0.5)) / 3, calibration.LogLoss, 1e-12);
        Assert.Null(Calibration.Of([], []));
    }

    [Fact]
    public void A_certainty_that_was_wrong_costs_much_and_not_everything()
    {
        Assert.InRange(Calibration.Of([0], [true])!.LogLoss, 30, 40);
        Assert.InRange(Calibration.Of([1], [false])!.LogLoss, 30, 40);
    }

    [Fact]
    public void Bins_are_tenths_by_probability_and_equal_ones_stay_together()
    {
        double[] probabilities = [.. Enumerable.Range(0, 40).Select(i => i / 40.0)];
        var bins = Calibration.Of(probabilities, [.. probabilities.Select(p => p >= 0.5)])!.Bins;

        Assert.Equal(10, bins.Count);
        Assert.All(bins, bin => Assert.Equal(4, bin.Count));
        Assert.Equal([0, 0, 0, 0, 0, 1, 1, 1, 1, 1], bins.Select(bin => bin.Observed));
        Assert.Equal(1.5 / 40, bins[0].Predicted, 1e-12);

        var alike = Calibration.Of([0.2, 0.2, 0.2, 0.7], [false, true, false, true])!.Bins;
        Assert.Equal([3, 1], alike.Select(bin => bin.Count));
        Assert.Equal(1.0 / 3, alike[0].Observed, 1e-12);
    }

    [Fact]
    public void The_curve_says_of_those_it_was_fitted_on_as_much_as_happened()
    {
        var outcomes = ReferenceSample.Of(ReferenceSample.A);
        var curve = LogisticCalibration.Fit(outcomes)!;

        Assert.Equal(outcomes.Positives, ReferenceSample.A.Sum(curve.Probability), 1e-6);
    }

    [Fact]
    public void The_curve_never_falls_with_the_score()
    {
        foreach (
            var scores in (double[][])[ReferenceSample.A, ReferenceSample.B, [.. ReferenceSample.A.Select(a => -a)]]
        )
        {
            var curve = LogisticCalibration.Fit(ReferenceSample.Of(scores))!;
            double[] told = [.. Enumerable.Range(-300, 600).Select(score => curve.Probability(score))];
            Assert.True(told.Zip(told.Skip(1)).All(pair => pair.First <= pair.Second));
        }
    }

    [Fact]
    public void Scores_that_are_all_alike_tell_the_rate_of_all()
    {
        var curve = LogisticCalibration.Fit(new([5, 5, 5, 5], [true, false, false, false]))!;

        Assert.Equal(0.25, curve.Probability(5), 1e-9);
        Assert.Equal(0.25, curve.Probability(100), 1e-9);
    }

    [Fact]
    public void One_kind_of_outcome_makes_no_curve()
    {
        Assert.Null(LogisticCalibration.Fit(new([1, 2], [true, true])));
        Assert.Null(LogisticCalibration.Fit(new([], [])));
    }
}
