using Google.Protobuf.WellKnownTypes;
using Scoring.Cli.Tests.Support;
using Scoring.Client;

namespace Scoring.Acceptance.Tests.Cdnow;

/// <summary>What proposed weights gain in telling who buys again: the figures of docs/evaluation.md.</summary>
/// <remarks>
/// Figures to compare with were worked out apart from this project, from the purchase log alone: coefficients by R 4.2.2, with the penalty that is told, and areas and paired tests by pROC 1.18.0.
/// <code>
/// V1, y1, V2, y2: purchases, and those decayed by 30 and by 120 days, at each cut-off, and whether one follows within 181 days
/// s &lt;- apply(V1, 2, function(v) sqrt(mean((v - mean(v))^2))); X &lt;- t((t(V1) - colMeans(V1)) / s)
/// c &lt;- optim(rep(0, 4), function(w) { z &lt;- X %*% w[1:3] + w[4]; sum(ifelse(y1, log1p(exp(-z)), log1p(exp(z)))) + 10 / 2 * sum(w[1:3]^2) }, grad, method = "L-BFGS-B")$par[1:3] / s
/// w &lt;- c * sqrt(sum((V1 %*% base)^2) / sum((V1 %*% c)^2))
/// roc.test(roc(y2, V2 %*% w), roc(y2, V2 %*% base), method = "delong", paired = TRUE)
/// </code>
/// </remarks>
public sealed class CdnowProposalSpecs
{
    // Weights are told in four digits, and scores of customers who did the same differ in their last bit.
    private const double OfAreas = 2e-5;

    private static readonly CancellationToken Token = TestContext.Current.CancellationToken;

    [Fact]
    public async Task Weights_of_the_first_half_year_tell_better_than_a_count_of_all_purchases_and_no_better_than_equal_ones()
    {
        CdnowData.SkipWithoutData();
        await using var server = await RunningServer.StartAsync(
            null,
            "--Scoring:HttpEndpoint=127.0.0.1:0",
            "--Scoring:Workspaces:default:HalfLivesDays=7,30,120"
        );
        await CdnowData.ImportAsync(server);
        using var client = new ScoringClient(server.Address);

        var ever = await ProposeAsync(client, 1, 0, 0);
        var equal = await ProposeAsync(client, 1, 1, 1);

        Assert.Equal((609, 30), (ever.OutcomeCount, ever.NeededOutcomeCount));
        AssertWeights(ever, 0.4249, 1.318, 0.4948);
        AssertWeights(equal, 0.7655, 2.375, 0.8915);
        AssertArea(0.803965355, 0.780768657, 0.827162052, ever.Evaluation.Models[0].Area);
        AssertArea(0.791053779, 0.768504967, 0.813602591, ever.Evaluation.Models[1].Area);
        AssertArea(0.803695234, 0.780496580, 0.826893888, equal.Evaluation.Models[1].Area);
        AssertDifference(0.012911576, 0.004615704, 0.021207449, 0.002284913, ever.Evaluation.Difference);
        AssertDifference(0.000270121, -0.000888879, 0.001429121, 0.647817130, equal.Evaluation.Difference);
    }

    private static void AssertWeights(V1.ModelProposal proposal, params double[] weights)
    {
        double[] coefficients = [0.4143455920, 0.3906189976, 0.3188593585];
        double[] deviations = [1.7638923196, 0.5359121333, 1.1655946134];
        Assert.Equal(10, proposal.Penalty, 1e-9);
        for (var i = 0; i < weights.Length; i++)
        {
            Assert.Equal(coefficients[i], proposal.Weights[i].Coefficient, 1e-6);
            Assert.Equal(deviations[i], proposal.Weights[i].Deviation, 1e-8);
            Assert.Equal(weights[i], proposal.Weights[i].Weight, 1e-12);
            Assert.Equal(weights[i], proposal.Draft.Terms[i].Weight, 1e-12);
        }
    }

    private static void AssertArea(double area, double lower, double upper, V1.AreaUnderRoc told)
    {
        Assert.Equal(area, told.Area, OfAreas);
        Assert.Equal(lower, told.LowerBound, OfAreas);
        Assert.Equal(upper, told.UpperBound, OfAreas);
    }

    private static void AssertDifference(
        double difference,
        double lower,
        double upper,
        double p,
        V1.AreaDifference told
    )
    {
        Assert.Equal(difference, told.Difference, OfAreas);
        Assert.Equal(lower, told.LowerBound, OfAreas);
        Assert.Equal(upper, told.UpperBound, OfAreas);
        Assert.Equal(p, told.PValue, 5e-3);
    }

    /// <summary>New weights for all purchases, and those decayed by 30 and by 120 days.</summary>
    private static async Task<V1.ModelProposal> ProposeAsync(ScoringClient client, params double[] weights) =>
        await client.History.ProposeScoringModelAsync(
            new()
            {
                Candidate = new()
                {
                    Name = "mine",
                    TargetPoints = 100,
                    Terms =
                    {
                        weights.Zip(
                            (int[])[0, 30, 120],
                            (weight, halfLife) =>
                                new V1.Term
                                {
                                    EventType = "purchase",
                                    HalfLifeDays = halfLife,
                                    Weight = weight,
                                }
                        ),
                    },
                    Bands =
                    {
                        new V1.Band { Name = "all", Engagement = V1.Engagement.Engaged },
                    },
                },
                Outcome = new()
                {
                    Event = new() { EventType = "purchase", CanRecur = true },
                },
                HorizonDays = 181,
                LastCutOff = Timestamp.FromDateTime(new(1997, 12, 31, 12, 0, 0, DateTimeKind.Utc)),
                CutOffCount = 2,
                CutOffIntervalDays = 182,
                HighScoresExpectIt = true,
                AsUnderstoodNow = true,
            },
            cancellationToken: Token
        );
}
