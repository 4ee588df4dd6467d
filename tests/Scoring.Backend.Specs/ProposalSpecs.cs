using Scoring.Core;
using Scoring.Core.Evaluation;
using Scoring.Core.Facts;
using Scoring.Core.Filters;
using Scoring.Core.Models;
using Scoring.Core.Recording;
using Scoring.Core.Time;

namespace Scoring.Backend.Specs;

/// <summary>Weights that the first part of a past teaches and the second judges.</summary>
public abstract class ProposalSpecs(IBackendHosts hosts) : BackendSpecs(hosts)
{
    private const int Customers = 150;
    private static readonly TimeSpan Day = TimeSpan.FromDays(1);

    /// <summary>Logins and purchases, and complaints, which are what is to be told.</summary>
    private static ScoringModel Base { get; } =
        Samples.Model() with
        {
            Terms =
            [
                new EventTerm("login", 0, Measure.Count, 1) { Cap = 10 },
                new EventTerm("purchase", 0, Measure.Count, 5),
                new EventTerm("complaint", 0, Measure.Count, -40),
            ],
        };

    [Fact]
    public async Task Terms_that_tell_who_leaves_gain_weight_and_the_draft_is_judged_as_any_candidate_is()
    {
        await using var host = await Start();
        await host.Put(Base);
        var query = await StoryAsync(host);

        var proposal = await host.Propose(query);

        Assert.Empty(proposal.Gaps);
        var weights = proposal.Weights;
        // Whoever leaves has logged in less; purchases say nothing; whoever has complained is not looked at.
        Assert.Equal(ProposedWeightKind.Fitted, weights[0].Kind);
        Assert.True(weights[0].Weight > 1);
        Assert.True(weights[0].Coefficient > 4 * Math.Abs(weights[1].Coefficient), $"{weights[0]}, {weights[1]}");
        Assert.Equal(new(ProposedWeightKind.Kept, -40, -40, 0, 0), weights[2]);
        Assert.Equal(DeviationOfLogins(), weights[0].Deviation, 1e-9);
        Assert.Equal(weights.Select(weight => weight.Weight), proposal.Draft!.Terms.Select(term => term.Weight));
        Assert.Equal((Base.Name, 0), (proposal.Draft.Name, proposal.Draft.Version));
        // The version that is stored is what it was.
        var judged = await host.Evaluate(
            query.Evaluation with
            {
                Candidate = proposal.Draft,
                Other = Base.Name,
                CutOffs = [query.Evaluation.CutOffs[1]],
            }
        );
        for (var model = 0; model < 2; model++)
        {
            AssertArea(judged.Models[model].Area!, proposal.Evaluation.Models[model].Area!);
        }
        Assert.Equal(judged.Difference!.PValue, proposal.Evaluation.Difference!.PValue, 1e-9);
        Assert.True(proposal.Evaluation.Difference.Difference > 0.05);
        Assert.Contains(
            proposal.Evaluation.Warnings,
            warning => warning is { Kind: EvaluationWarningKind.OutcomeIsScored, Subject: "complaint" }
        );
        Assert.Equal(1, proposal.Bands.Sum(band => band.DraftShare), 1e-9);
        await host.CrashAndRestartAsync();
        AssertSame(proposal, await host.Propose(query));
    }

    [Fact]
    public async Task What_happens_after_the_first_part_changes_no_weight()
    {
        await using var host = await Start();
        await host.Put(Base);
        var query = await StoryAsync(host);
        var before = await host.Propose(query);
        var second = query.Evaluation.CutOffs[1];
        // Some stayers of the second part leave too, with many purchases before, and others come.
        await host.Record([
            .. Enumerable
                .Range(0, Customers)
                .Where(i => i % 9 == 2)
                .SelectMany(i =>
                    (Sample[])
                        [
                            new($"c-{i}", Type: "complaint", At: second + (2 * Day)),
                            new($"c-{i}", Type: "purchase", At: second + Day),
                            new($"new-{i}", Type: "purchase", At: second + Day),
                        ]
                ),
        ]);
        host.Clock.Advance(Day);

        var after = await host.Propose(query);

        Assert.NotEqual(before.Evaluation.CutOffs[0].Happened, after.Evaluation.CutOffs[0].Happened);
        AssertSameWeights(before, after);
    }

    [Fact]
    public async Task Too_little_to_learn_from_or_to_judge_by_is_said_and_nothing_proposed()
    {
        await using var host = await Start();
        await host.Put(Base);
        var query = await StoryAsync(host);
        var few = await host.Propose(
            With(query, evaluation => evaluation with { Filter = Filter.Parse("plan = few") })
        );
        var unjudged = await host.Propose(
            With(query, evaluation => evaluation with { Filter = Filter.Parse("plan = first") })
        );

        Assert.Equal([ProposalGap.TooFewPerWeight, ProposalGap.TooFewToJudge], few.Gaps);
        Assert.Null(few.Draft);
        Assert.Equal([Base.Name], few.Evaluation.Models.Select(model => model.Name));
        Assert.Equal([ProposalGap.TooFewToJudge], unjudged.Gaps);
        Assert.Null(unjudged.Draft);
    }

    [Fact]
    public async Task A_candidate_is_the_base_of_a_proposal_and_a_model_that_is_not_there_is_refused()
    {
        await using var host = await Start();
        var query = await StoryAsync(host);

        var proposal = await host.Propose(
            With(query, evaluation => evaluation with { Candidate = Base with { Name = "mine" } })
        );

        Assert.Equal("mine", proposal.Draft!.Name);
        Assert.Equal(
            [("mine", 0), ("mine", 0)],
            proposal.Evaluation.Models.Select(model => (model.Name, model.Version))
        );
        var refusal = await Refusal(() => host.Propose(With(query, evaluation => evaluation with { Model = "none" })));
        Assert.Equal(ScoringError.ModelNotFound, refusal.Error);
    }

    private static ProposalQuery With(ProposalQuery query, Func<EvaluationQuery, EvaluationQuery> change) =>
        query with
        {
            Evaluation = change(query.Evaluation),
        };

    /// <summary>
    /// Customers with logins and purchases, of whom a third complains after a first cut-off and a third after a second one, each third with fewer logins than who stays, but for some.
    /// </summary>
    private static async Task<ProposalQuery> StoryAsync(BackendHost host)
    {
        await host.Upsert([
            .. Enumerable
                .Range(0, Customers)
                .Select(i => new CustomerUpdate(
                    $"c-{i}",
                    "",
                    [
                        new(
                            "plan",
                            i < 12 ? "few"
                                : i % 3 == 1 ? "other"
                                : "first"
                        ),
                    ]
                )),
        ]);
        foreach (var some in Enumerable.Range(0, Customers).Chunk(50))
        {
            await host.Record([
                .. some.SelectMany(i =>
                    Enumerable
                        .Repeat("login", LoginsOf(i))
                        .Concat(Enumerable.Repeat("purchase", 1 + (i * 5 % 7)))
                        .Select(type => new Sample($"c-{i}", Type: type, At: host.Now))
                ),
            ]);
        }
        host.Clock.Advance(Day);
        var cutOffs = new List<Instant>();
        for (var third = 0; third < 2; third++)
        {
            cutOffs.Add(host.Now);
            host.Clock.Advance(Day);
            await host.Record([
                .. Enumerable
                    .Range(0, Customers)
                    .Where(i => i % 3 == third)
                    .Select(i => new Sample($"c-{i}", Type: "complaint", At: host.Now)),
            ]);
            host.Clock.Advance(9 * Day);
        }
        return new(
            new()
            {
                Workspace = host.Workspace,
                Outcome = new OutcomeRule.OfEvent("complaint", CanRecur: false),
                CutOffs = cutOffs,
                Horizon = 7 * Day,
            },
            JudgedCutOffs: 1,
            FreeSigns: false
        );
    }

    private static int LoginsOf(int i) => (i % 11) + (i % 3 * 3) + (i % 3 == 1 ? -1 : 0);

    /// <summary>Of as many logins as count.</summary>
    private static double DeviationOfLogins()
    {
        double[] logins = [.. Enumerable.Range(0, Customers).Select(i => Math.Min(LoginsOf(i), 10.0))];
        return Math.Sqrt(logins.Average(value => Math.Pow(value - logins.Average(), 2)));
    }

    private static void AssertSame(WeightProposal one, WeightProposal other)
    {
        AssertSameWeights(one, other);
        AssertArea(one.Evaluation.Models[0].Area!, other.Evaluation.Models[0].Area!);
    }

    private static void AssertSameWeights(WeightProposal one, WeightProposal other)
    {
        Assert.Equal(one.Taught, other.Taught);
        Assert.Equal((one.Ridge, one.Outcomes), (other.Ridge, other.Outcomes));
        Assert.Equal(one.Weights.Select(of => (of.Kind, of.Weight)), other.Weights.Select(of => (of.Kind, of.Weight)));
        for (var i = 0; i < one.Weights.Count; i++)
        {
            // What is added up in another order differs in its last digits.
            Assert.Equal(one.Weights[i].Coefficient, other.Weights[i].Coefficient, 1e-7);
            Assert.Equal(one.Weights[i].Deviation, other.Weights[i].Deviation, 1e-9);
        }
    }

    private static void AssertArea(AreaUnderRoc expected, AreaUnderRoc area)
    {
        Assert.Equal(expected.Area, area.Area, 1e-9);
        Assert.Equal(expected.Lower, area.Lower, 1e-9);
        Assert.Equal(expected.Upper, area.Upper, 1e-9);
    }
}
