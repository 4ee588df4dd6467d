using Google.Protobuf.WellKnownTypes;
using Scoring.Cli.Tests.Support;
using Scoring.Client;
using Scoring.Core.Evaluation;

namespace Scoring.Acceptance.Tests.Cdnow;

/// <summary>Who buys again, by decayed counts of purchases, beside BG/NBD: the figures of docs/evaluation.md.</summary>
/// <remarks>
/// Figures to compare with were worked out apart from this project: areas, intervals and paired tests by R 4.2.2 and pROC 1.18.0, models of customer bases and calibrations by
/// scipy 1.10.1, each from the purchase log alone.
/// </remarks>
public sealed class CdnowEvaluationSpecs
{
    // Parameters of BG/NBD of greatest likelihood, fitted on the purchases of 1997 of these 2,357 customers.
    private const double R = 0.2581235144774229;
    private const double Alpha = 5.167237063711094;
    private const double A = 0.6914349755145015;
    private const double B = 2.498515099882777;
    private const int HorizonDays = 181;

    // Scores of customers who did the same on the same days differ in their last bit by the order of adding up; such ties are another pair here and there.
    private const double OfAreas = 2e-5;
    private const double OfTests = 2e-3;

    private static readonly int[] HalfLives = [30, 60, 75, 90, 120];
    private static readonly DateOnly LastDay = new(1997, 12, 31);
    private static readonly Timestamp CutOff = Timestamp.FromDateTime(new(1997, 12, 31, 12, 0, 0, DateTimeKind.Utc));
    private static readonly CancellationToken Token = TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_half_life_that_the_first_half_year_chooses_tells_who_buys_in_the_last_one()
    {
        CdnowData.SkipWithoutData();
        await using var server = await RunningServer.StartAsync(
            null,
            "--Scoring:HttpEndpoint=127.0.0.1:0",
            "--Scoring:Workspaces:default:HalfLivesDays=7,30,60,75,90,120"
        );
        await CdnowData.ImportAsync(server);
        using var client = new ScoringClient(server.Address);
        foreach (var days in HalfLives)
        {
            await client.Models.PutScoringModelAsync(new() { Model = Model(days) }, cancellationToken: Token);
        }

        var byDays = new Dictionary<int, V1.ModelEvaluation>();
        foreach (var days in HalfLives)
        {
            byDays[days] = await EvaluateAsync(client, $"d{days}");
        }

        var ordinary = byDays[30];
        Assert.Equal(
            [(2_357, 609), (2_357, 537)],
            ordinary.CutOffs.Select(cutOff => (cutOff.CustomerCount, cutOff.HappenedCount))
        );
        AssertArea(0.80056429, 0.77739476, 0.82373381, ordinary.Models[0].CutOffs[1].Area);
        Assert.Equal(0.44586, ordinary.Models[0].Calibration.LogLoss, 4);
        Assert.Equal(0.53915, ordinary.Models[0].Calibration.BaseLogLoss, 1e-5);
        Assert.Equal(0.14041, ordinary.Models[0].Calibration.Brier, 4);
        // What is chosen may know the first cut-off alone.
        var chosen = HalfLives.MaxBy(days => byDays[days].Models[0].CutOffs[0].Area.Area);
        Assert.Equal(75, chosen);
        Assert.Equal(0.71169, byDays[75].Models[0].CutOffs[0].Area.Area, OfAreas);
        AssertArea(0.805049931, 0.781850056, 0.828249807, byDays[75].Models[0].CutOffs[1].Area);
        Assert.Equal(0.42724, byDays[75].Models[0].Calibration.LogLoss, 4);

        var better = (await EvaluateAsync(client, "d75", against: "d30", cutOffs: 1)).Difference;
        Assert.Equal(0.00448564471, better.Difference, OfAreas);
        Assert.Equal(0.00102812409, better.LowerBound, OfAreas);
        Assert.Equal(0.00794316533, better.UpperBound, OfAreas);
        Assert.Equal(0.01099755592, better.PValue, OfTests);
        await CompareWithBgNbdAsync(client);
    }

    private static async Task CompareWithBgNbdAsync(ScoringClient client)
    {
        var days = CdnowData.Days();
        string[] customers = [.. days.Select(of => of.Key)];
        bool[] happened = [.. customers.Select(customer => days[customer].Any(IsInHorizon))];
        var bgNbd = new Outcomes([.. customers.Select(customer => BgNbd(days[customer]))], happened);
        Assert.Equal(0.79403329, AreaUnderRoc.Of(bgNbd)!.Area, 1e-8);
        Assert.Equal(0.418878, Calibration.Of(bgNbd.Scores, happened)!.LogLoss, 1e-6);

        await AssertDifferenceAsync("d30", 0.0065309923, -0.0065059748, 0.0195679593, 0.3261675700);
        await AssertDifferenceAsync("d75", 0.01101663699, -0.00315651286, 0.02518978685, 0.12764392772);

        async Task AssertDifferenceAsync(string model, double difference, double lower, double upper, double p)
        {
            var told = AreaDifference.Of(new(await ScoresAsync(client, model, customers), happened), bgNbd)!;
            Assert.Equal(difference, told.Difference, OfAreas);
            Assert.Equal(lower, told.Lower, OfAreas);
            Assert.Equal(upper, told.Upper, OfAreas);
            Assert.Equal(p, told.PValue, OfTests);
        }
    }

    private static bool IsInHorizon(DateOnly day) => day > LastDay && day <= LastDay.AddDays(HorizonDays);

    /// <summary>The probability of a purchase within the horizon: Fader, Hardie and Lee, Marketing Science 24 (2005), by weeks, for somebody who is still a customer times that of being one.</summary>
    private static double BgNbd(IEnumerable<DateOnly> days)
    {
        DateOnly[] known = [.. days.Where(day => day <= LastDay).Order()];
        var repeats = known.Length - 1;
        var (last, all) = (Weeks(known[^1]), Weeks(LastDay.AddDays(1)));
        var left = repeats == 0 ? 0 : A / (B + repeats - 1) * Math.Pow((Alpha + all) / (Alpha + last), R + repeats);
        var none = Math.Pow((Alpha + all) / (Alpha + all + (HorizonDays / 7.0)), R + repeats);
        return (1 - none) / (1 + left);

        double Weeks(DateOnly day) => (day.DayNumber - known[0].DayNumber) / 7.0;
    }

    private static async Task<double[]> ScoresAsync(ScoringClient client, string model, string[] customers)
    {
        var scores = new List<double>();
        foreach (var some in customers.Chunk(500))
        {
            var answer = await client.Scoring.BatchGetScoresAsync(
                new()
                {
                    Model = model,
                    ReadTime = CutOff,
                    CustomerIds = { some },
                },
                cancellationToken: Token
            );
            scores.AddRange(answer.Scores.Select(score => score.Score));
        }
        return [.. scores];
    }

    private static async Task<V1.ModelEvaluation> EvaluateAsync(
        ScoringClient client,
        string model,
        string against = "",
        int cutOffs = 2
    ) =>
        await client.History.EvaluateScoringModelAsync(
            new()
            {
                Model = model,
                Against = against,
                Outcome = new()
                {
                    Event = new() { EventType = "purchase", CanRecur = true },
                },
                HorizonDays = HorizonDays,
                LastCutOff = CutOff,
                CutOffCount = cutOffs,
                CutOffIntervalDays = HorizonDays + 1,
                HighScoresExpectIt = true,
                AsUnderstoodNow = true,
            },
            cancellationToken: Token
        );

    private static V1.ScoringModel Model(int halfLife) =>
        new()
        {
            Name = $"d{halfLife}",
            TargetPoints = 100,
            Terms =
            {
                new V1.Term
                {
                    EventType = "purchase",
                    HalfLifeDays = halfLife,
                    Weight = 1,
                },
            },
            Bands =
            {
                new V1.Band { Name = "all", Engagement = V1.Engagement.Engaged },
            },
        };

    private static void AssertArea(double area, double lower, double upper, V1.AreaUnderRoc told)
    {
        Assert.Equal(area, told.Area, OfAreas);
        Assert.Equal(lower, told.LowerBound, OfAreas);
        Assert.Equal(upper, told.UpperBound, OfAreas);
    }
}
