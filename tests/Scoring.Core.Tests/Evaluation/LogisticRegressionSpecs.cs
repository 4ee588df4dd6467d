using Scoring.Core.Evaluation;
using static Scoring.Core.Evaluation.SignConstraint;

namespace Scoring.Core.Tests.Evaluation;

/// <summary>Weights are those of R's optim(method = "L-BFGS-B") with bounds, and meet what a least within bounds must meet.</summary>
/// <remarks>
/// <code>
/// X &lt;- cbind((a - 50) / 30, (b - 80) / 40, (i - 40) / 20, ((i * 13) %% 7 - 3) / 2)
/// obj &lt;- function(w, ridge) { z &lt;- X %*% w[1:4] + w[5]
///   sum(ifelse(happened, log1p(exp(-z)), log1p(exp(z)))) + ridge / 2 * sum(w[1:4]^2) }
/// optim(rep(0, 5), obj, grad, ridge, method = "L-BFGS-B", lower, upper, control = list(factr = 1, pgtol = 0, maxit = 10000))
/// </code>
/// </remarks>
public sealed class LogisticRegressionSpecs
{
    private static readonly double[][] Rows =
    [
        .. ReferenceSample.Numbers.Select(i =>
            (double[])
                [
                    (ReferenceSample.A[i] - 50) / 30,
                    (ReferenceSample.B[i] - 80) / 40,
                    (i - 40) / 20.0,
                    ((i * 13 % 7) - 3) / 2.0,
                ]
        ),
    ];

    [Fact]
    public void Weights_without_constraints_are_those_of_R() =>
        AssertFit(
            0.5,
            [None, None, None, None],
            [1.186309280014, -0.498483945809, 0.117059804926, -0.437184159678],
            -1.247782235284
        );

    [Fact]
    public void Weights_with_constraints_are_those_of_R()
    {
        AssertFit(
            2,
            [NonNegative, NonPositive, NonNegative, NonNegative],
            [0.8954499899481, -0.2150761308904, 0.0589670761163, 0],
            -1.1023072226699
        );
        AssertFit(
            2,
            [NonNegative, NonPositive, NonPositive, NonNegative],
            [0.882104519815, -0.207603511977, 0, 0],
            -1.096028136742
        );
    }

    [Fact]
    public void Without_a_penalty_the_curve_is_that_of_glm()
    {
        // coef(glm(happened ~ I(a / 10), family = binomial, control = glm.control(epsilon = 1e-14)))
        double[][] rows = [.. ReferenceSample.A.Select(a => (double[])[a / 10])];
        var model = LogisticRegression.Fit(rows, ReferenceSample.Happened, ridge: 0, [None]);

        Assert.Equal(-2.602447840107, model.Intercept, 1e-9);
        Assert.Equal(0.292013401577, model.Weights[0], 1e-9);
    }

    [Theory]
    [InlineData(0.01)]
    [InlineData(1)]
    [InlineData(50)]
    public void At_the_weights_that_are_found_no_allowed_direction_goes_down(double ridge)
    {
        foreach (var signs in Combinations())
        {
            var model = LogisticRegression.Fit(Rows, ReferenceSample.Happened, ridge, signs);
            var gradient = new double[5];
            for (var i = 0; i < Rows.Length; i++)
            {
                var error = model.Probability(Rows[i]) - (ReferenceSample.Happened[i] ? 1 : 0);
                for (var j = 0; j < 4; j++)
                {
                    gradient[j] += error * Rows[i][j];
                }
                gradient[4] += error;
            }
            Assert.Equal(0, gradient[4], 1e-6);
            for (var j = 0; j < 4; j++)
            {
                var (weight, slope) = (model.Weights[j], gradient[j] + (ridge * model.Weights[j]));
                Assert.True(
                    signs[j] switch
                    {
                        NonNegative => weight >= 0 && (weight > 0 ? Math.Abs(slope) < 1e-6 : slope > -1e-6),
                        NonPositive => weight <= 0 && (weight < 0 ? Math.Abs(slope) < 1e-6 : slope < 1e-6),
                        _ => Math.Abs(slope) < 1e-6,
                    },
                    $"{signs[j]}: {weight}, {slope}"
                );
            }
        }
    }

    [Fact]
    public void A_penalty_keeps_weights_finite_where_features_tell_all()
    {
        double[][] rows =
        [
            [-1],
            [-0.5],
            [0.5],
            [1],
        ];
        var model = LogisticRegression.Fit(rows, [false, false, true, true], ridge: 0.1, [NonNegative]);

        Assert.InRange(model.Weights[0], 1, 10);
        Assert.Equal(0, model.Intercept, 1e-9);
        Assert.Equal(0, LogisticRegression.Fit(rows, [false, false, true, true], 0.1, [NonPositive]).Weights[0]);
    }

    [Fact]
    public void What_does_not_fit_together_is_refused()
    {
        Assert.Throws<ArgumentException>(() => LogisticRegression.Fit([], [], 1, []));
        Assert.Throws<ArgumentException>(() =>
            LogisticRegression.Fit(
                [
                    [1, 2],
                ],
                [true],
                1,
                [None]
            )
        );
        Assert.Throws<ArgumentOutOfRangeException>(() =>
            LogisticRegression.Fit(
                [
                    [1],
                ],
                [true],
                -1,
                [None]
            )
        );
    }

    private static void AssertFit(double ridge, SignConstraint[] signs, double[] weights, double intercept)
    {
        var model = LogisticRegression.Fit(Rows, ReferenceSample.Happened, ridge, signs);

        Assert.Equal(intercept, model.Intercept, 1e-6);
        for (var j = 0; j < weights.Length; j++)
        {
            Assert.Equal(weights[j], model.Weights[j], 1e-6);
        }
    }

    private static IEnumerable<SignConstraint[]> Combinations() =>
        from a in Enum.GetValues<SignConstraint>()
        from b in Enum.GetValues<SignConstraint>()
        from c in Enum.GetValues<SignConstraint>()
        from d in Enum.GetValues<SignConstraint>()
        select (SignConstraint[])[a, b, c, d];
}
