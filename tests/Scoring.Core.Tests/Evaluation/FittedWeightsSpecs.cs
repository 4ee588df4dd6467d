using Scoring.Core.Evaluation;
using Scoring.Core.Models;

namespace Scoring.Core.Tests.Evaluation;

/// <summary>Weights that a past teaches.</summary>
public sealed class FittedWeightsSpecs
{
    private static readonly CancellationToken Token = TestContext.Current.CancellationToken;

    /// <summary>Log-odds and points of the terms, whose third one says nothing.</summary>
    private static readonly double[] True = [0.6, -0.9, 0, 0.3];

    /// <remarks>
    /// As <see cref="LogisticRegressionSpecs"/>, with
    /// <code>
    /// V &lt;- cbind(noise + ifelse(happened, 20, 0), other + ifelse(happened, 10, 0) + noise / 2, (i * 13) %% 7, (i * i * 7) %% 23 - ifelse(happened, 3, 0))
    /// s &lt;- apply(V, 2, function(v) sqrt(mean((v - mean(v))^2)))
    /// X &lt;- t((t(V) - colMeans(V)) / s)
    /// folds[happened] &lt;- (seq_len(sum(happened)) - 1) %% 5; folds[!happened] &lt;- (seq_len(sum(!happened)) - 1) %% 5
    /// ridge &lt;- tried[which.min(sapply(tried, function(r) sum(sapply(0:4, function(f)
    ///   obj(fit(X[folds != f, ], happened[folds != f], r), X[folds == f, ], happened[folds == f], 0)))))]
    /// w &lt;- fit(X, happened, ridge); c &lt;- w[1:4] / s
    /// c * sqrt(sum((V %*% c(2, 1, 3, 1))^2) / sum((V %*% c)^2))
    /// </code>
    /// </remarks>
    [Fact]
    public void Penalty_coefficients_and_weights_are_those_of_R()
    {
        AssertFit(
            FittedTo(Reference(), TermPart.Query(), 2, 1, 3, 1),
            [0.2689861461243, 0.1726390401989, 0, 0],
            [2.077, 1.177, 0, 0]
        );
        AssertFit(
            FittedTo(Reference(), TermPart.Query(freeSigns: true), 2, 1, 3, 1),
            [0.27978976553504, 0.17146734228699, -0.01975819898294, -0.19111924930080],
            [3.200, 1.732, -3.483, -10.88]
        );

        static void AssertFit(FittedWeights fitted, double[] coefficients, double[] weights)
        {
            Assert.Equal(31.6227766017, fitted.Ridge!.Value, 1e-9);
            Assert.Equal((83, 40), (fitted.Outcomes, fitted.NeededOutcomes));
            double[] deviations = [30.991651821723, 35.090649907596, 2.010389680302, 6.226220038854];
            for (var i = 0; i < weights.Length; i++)
            {
                Assert.Equal(coefficients[i], fitted.Weights[i].Coefficient, 1e-7);
                Assert.Equal(deviations[i], fitted.Weights[i].Deviation, 1e-9);
                Assert.Equal(weights[i], fitted.Weights[i].Weight, 1e-12);
                Assert.Equal(weights[i], fitted.Draft!.Terms[i].Weight, 1e-12);
            }
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Weights_that_are_known_are_found_and_noise_gets_none(int seed)
    {
        var fitted = FittedTo(TermPart.Of(Story(seed, 8_000)), TermPart.Query(), 1, -1, 1, 1);

        double[] weights = [.. fitted.Weights.Select(weight => weight.Weight / fitted.Weights[0].Weight * True[0])];
        for (var i = 0; i < True.Length; i++)
        {
            Assert.Equal(True[i], weights[i], 0.08);
        }
        Assert.True(Math.Abs(fitted.Weights[2].Coefficient) < 0.1 * fitted.Weights[0].Coefficient);
    }

    [Fact]
    public void Churn_is_told_by_low_scores_and_teaches_the_same_weights()
    {
        var bought = Story(seed: 4, 3_000);
        var left = bought.ConvertAll(customer => (customer.Values, !customer.Happened));

        var high = FittedTo(TermPart.Of(bought), TermPart.Query(high: true), 1, -1, 1, 1);
        var low = FittedTo(TermPart.Of(left), TermPart.Query(high: false), 1, -1, 1, 1);

        Assert.Equal(high.Weights.Select(weight => weight.Weight), low.Weights.Select(weight => weight.Weight));
    }

    [Fact]
    public void A_term_keeps_its_sign_or_is_dropped_unless_signs_are_free()
    {
        var part = TermPart.Of(Story(seed: 5, 3_000));

        var kept = FittedTo(part, TermPart.Query(), 1, 1, 1, 1);
        var free = FittedTo(part, TermPart.Query(freeSigns: true), 1, 1, 1, 1);
        var without = FittedTo(part, TermPart.Query(), 1, 0, 1, 1);

        Assert.Equal((ProposedWeightKind.Dropped, 0.0), (kept.Weights[1].Kind, kept.Weights[1].Weight));
        Assert.All(kept.Weights, weight => Assert.True(weight.Weight >= 0));
        Assert.True(free.Weights[1].Weight < -0.5);
        // A weight of 0 has no sign to keep.
        Assert.True(without.Weights[1].Weight < -0.5);
    }

    [Theory]
    [InlineData(0.01)]
    [InlineData(1)]
    [InlineData(250)]
    public void The_mean_square_of_the_points_stays_as_it_was(double scale)
    {
        var customers = Story(seed: 6, 2_000);

        var fitted = FittedTo(TermPart.Of(customers), TermPart.Query(), scale, -2 * scale, scale, 3 * scale);

        var (old, drawn) = (Square(fitted.Model), Square(fitted.Draft!));
        Assert.Equal(1, drawn / old, 0.002);

        double Square(ScoringModel model) =>
            customers.Average(customer =>
                Math.Pow(customer.Values.Zip(model.Terms, (value, term) => value * term.Weight).Sum(), 2)
            );
    }

    [Fact]
    public void Fewer_than_ten_outcomes_of_the_rarer_kind_for_each_weight_propose_nothing()
    {
        var few = FittedTo(TermPart.Of(WithOutcomes(39)), TermPart.Query(), 1, 1, 1, 1);
        var enough = FittedTo(TermPart.Of(WithOutcomes(40)), TermPart.Query(), 1, 1, 1, 1);
        var others = FittedTo(TermPart.Of(WithOutcomes(461)), TermPart.Query(), 1, 1, 1, 1);

        Assert.Equal((39, 40), (few.Outcomes, few.NeededOutcomes));
        Assert.Equal([ProposalGap.TooFewPerWeight], few.Gaps);
        Assert.Null(few.Draft);
        Assert.Empty(few.Weights);
        Assert.Equal([few.Model], few.Judged);
        Assert.NotNull(enough.Draft);
        Assert.Equal([enough.Draft, enough.Model], enough.Judged);
        Assert.Equal([ProposalGap.TooFewPerWeight], others.Gaps);
    }

    [Fact]
    public void A_customer_of_several_cut_offs_is_one_outcome()
    {
        var rows = WithOutcomes(30).Select((customer, i) => (i, customer.Values, customer.Happened)).ToList();

        var fitted = FittedTo(TermPart.Of(rows, rows), TermPart.Query(taught: 2), 1, 1, 1, 1);

        Assert.Equal(30, fitted.Outcomes);
        Assert.Equal([ProposalGap.TooFewPerWeight], fitted.Gaps);
        Assert.Equal([(500, 30), (500, 30)], fitted.CutOffs.Select(cutOff => (cutOff.Customers, cutOff.Happened)));
    }

    [Fact]
    public void A_term_that_is_the_same_for_all_keeps_its_weight_and_asks_for_no_outcomes()
    {
        var customers = WithOutcomes(40)
            .ConvertAll(customer => ((double[])[.. customer.Values, 0.1], customer.Happened));

        var fitted = FittedTo(TermPart.Of(customers), TermPart.Query(), 1, 1, 1, 1, -40);

        Assert.Equal(40, fitted.NeededOutcomes);
        Assert.Equal(new(ProposedWeightKind.Kept, -40, -40, 0, 0), fitted.Weights[4]);
        Assert.Equal(-40, fitted.Draft!.Terms[4].Weight);
    }

    [Fact]
    public void Where_no_term_tells_anything_with_its_sign_nothing_is_proposed()
    {
        List<(double[], bool)> customers =
        [
            .. Enumerable.Range(0, 200).Select(i => ((double[])[i + (i * 37 % 50)], i < 60)),
        ];

        var fitted = FittedTo(TermPart.Of(customers), TermPart.Query(high: true), 1);

        Assert.Equal([ProposalGap.NothingTells], fitted.Gaps);
        Assert.Null(fitted.Draft);
    }

    [Fact]
    public void Nobody_to_look_at_is_too_few()
    {
        var fitted = FittedTo(new EvaluationPart(cutOffs: 1, models: 2), TermPart.Query(), 1, 1);

        Assert.Equal([ProposalGap.TooFewPerWeight], fitted.Gaps);
    }

    [Fact]
    public void All_but_the_weights_stays_as_it_is_in_the_model()
    {
        var model = TermPart.Model(1, -1, 1, 1) with { Version = 7, Floor = -5, GraceDays = 3 };

        var draft = FittedWeights.Of(TermPart.Query(), model, TermPart.Of(Story(seed: 7, 1_000)), Token).Draft!;

        Assert.Equal(
            (model.Name, 0, model.Floor, model.GraceDays, model.TargetPoints),
            (draft.Name, draft.Version, draft.Floor, draft.GraceDays, draft.TargetPoints)
        );
        Assert.Equal(model.Bands, draft.Bands);
        Assert.Equal(model.Terms, draft.Terms.Zip(model.Terms, (term, old) => term with { Weight = old.Weight }));
    }

    [Fact]
    public void What_is_cancelled_is_not_fitted()
    {
        using var cancelled = new CancellationTokenSource();
        cancelled.Cancel();

        Assert.Throws<OperationCanceledException>(() =>
            FittedWeights.Of(
                TermPart.Query(),
                TermPart.Model(1, 1, 1, 1),
                TermPart.Of(WithOutcomes(60)),
                cancelled.Token
            )
        );
    }

    [Theory]
    [InlineData(30, 30, 6, 2, 4)]
    [InlineData(30, 14, 6, 2, 2)]
    [InlineData(30, 7, 12, 4, 4)]
    [InlineData(30, 90, 3, 1, 2)]
    [InlineData(90, 10, 6, 1, 0)]
    public void No_horizon_of_the_first_part_reaches_into_the_second(
        int horizon,
        int every,
        int cutOffs,
        int judged,
        int taught
    )
    {
        var start = TermPart.Query().Evaluation.CutOffs[0];
        var query = TermPart.Query() with
        {
            Evaluation = TermPart.Query().Evaluation with
            {
                CutOffs = [.. Enumerable.Range(0, cutOffs).Select(i => start + TimeSpan.FromDays(every * i))],
                Horizon = TimeSpan.FromDays(horizon),
            },
            JudgedCutOffs = judged,
        };

        Assert.Equal(taught, query.TaughtCutOffs);
        Assert.All(
            query.First.CutOffs,
            cutOff => Assert.True(cutOff + query.Evaluation.Horizon <= query.Evaluation.CutOffs[^judged])
        );
        Assert.Equal(query.Evaluation.CutOffs.TakeLast(judged), query.Both.CutOffs.Skip(taught));
    }

    private static FittedWeights FittedTo(EvaluationPart part, ProposalQuery query, params double[] weights) =>
        FittedWeights.Of(query, TermPart.Model(weights), part, Token);

    private static EvaluationPart Reference()
    {
        var customers = new List<(double[], bool)>();
        for (var i = 0; i < 240; i++)
        {
            var happened = ((i * 7) + (i * i % 11)) % 3 == 0;
            var noise = ((i * i * 61) + (i * 17)) % 101;
            var other = ((i * i * 29) + (i * 71) + 5) % 103;
            customers.Add(
                (
                    [
                        noise + (happened ? 20 : 0),
                        other + (happened ? 10 : 0) + (noise / 2.0),
                        i * 13 % 7,
                        (i * i * 7 % 23) - (happened ? 3 : 0),
                    ],
                    happened
                )
            );
        }
        return TermPart.Of(customers);
    }

    /// <summary>Customers of whom it happens to so many as <see cref="True"/> says.</summary>
    private static List<(double[] Values, bool Happened)> Story(int seed, int customers)
    {
        var random = new Random(seed);
        return
        [
            .. Enumerable
                .Range(0, customers)
                .Select(_ =>
                {
                    double[] values = [.. True.Select(_ => -2 * Math.Log(1 - random.NextDouble()))];
                    var odds = values.Zip(True, (value, weight) => value * weight).Sum() - 0.5;
                    return (values, random.NextDouble() < 1 / (1 + Math.Exp(-odds)));
                }),
        ];
    }

    /// <summary>500 customers of four terms, to so many of whom it happened.</summary>
    private static List<(double[] Values, bool Happened)> WithOutcomes(int happened) =>
        [
            .. Enumerable
                .Range(0, 500)
                .Select(i =>
                    ((double[])[i * 7 % 11 + (i < happened ? 5 : 0), i * 13 % 17, i * i % 19, i * 3 % 23], i < happened)
                ),
        ];
}
