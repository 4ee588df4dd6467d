using Scoring.Core;
using Scoring.Core.Evaluation;
using Scoring.Core.Facts;
using Scoring.Core.Filters;
using Scoring.Core.History;
using Scoring.Core.Models;
using Scoring.Core.Recording;
using Scoring.Core.Time;

namespace Scoring.Backend.Specs;

/// <summary>How well scores of the past told what happened then.</summary>
public abstract class EvaluationSpecs(IBackendHosts hosts) : BackendSpecs(hosts)
{
    private static readonly TimeSpan Day = TimeSpan.FromDays(1);
    private static readonly OutcomeRule Complaint = new OutcomeRule.OfEvent("complaint", CanRecur: false);

    /// <summary>Counts logins for ever, one point each.</summary>
    private static ScoringModel Logins { get; } =
        Samples.Model("logins") with
        {
            Terms = [new EventTerm("login", 0, Measure.Count, 1)],
        };

    [Theory]
    [InlineData(1, false)]
    [InlineData(2, true)]
    public async Task Everything_is_told_as_looking_at_every_customer_tells_it(int seed, bool asUnderstoodNow)
    {
        await using var host = await Start(variant: seed);
        await host.Put(Logins);
        var diary = new OutcomeDiary(host, new Random(seed));
        var cutOffs = await diary.KeepAsync(steps: 24, cutOffsAt: [6, 12, 16]);
        foreach (var canRecur in new[] { false, true })
        {
            var query = Query(host, cutOffs) with
            {
                Other = "logins",
                Outcome = new OutcomeRule.OfEvent("complaint", canRecur),
                AsUnderstoodNow = asUnderstoodNow,
            };

            var told = await host.Evaluate(query);

            var expected = new List<(double[] Scores, bool Happened, string Customer)>();
            for (var i = 0; i < cutOffs.Count; i++)
            {
                var rows = await diary.RowsAsync(query, cutOffs[i]);
                expected.AddRange(rows);
                Assert.Equal(
                    (cutOffs[i], rows.Count, rows.Count(row => row.Happened)),
                    (told.CutOffs[i].Time, told.CutOffs[i].Customers, told.CutOffs[i].Happened)
                );
                Assert.Equal(diary.LateEvents(cutOffs[i]), told.CutOffs[i].LateEvents);
                AssertArea(AreaUnderRoc.Of(OutcomesOf(rows, 0)), told.Models[0].CutOffs[i]);
            }
            Assert.Equal(["engagement", "logins"], told.Models.Select(model => model.Name));
            AssertArea(AreaUnderRoc.Of(OutcomesOf(expected, 0)), told.Models[0].Area);
            AssertArea(AreaUnderRoc.Of(OutcomesOf(expected, 1)), told.Models[1].Area);
            Assert.Equal(NaiveArea(expected, 1), told.Models[1].Area!.Area, 1e-9);
            Assert.Equal(
                AreaDifference.Of(OutcomesOf(expected, 0), OutcomesOf(expected, 1))!.PValue,
                told.Difference!.PValue,
                1e-9
            );
            Assert.Equal(expected.Count(row => row.Happened), told.Models[0].Lifts.Sum(lift => lift.Positives), 1e-9);
            Assert.Equal(
                AveragePrecision.Of(OutcomesOf(expected, 0))!.Value,
                told.Models[0].AveragePrecision!.Value,
                1e-9
            );
            await host.CrashAndRestartAsync();
        }
    }

    [Fact]
    public async Task A_planted_event_of_the_future_is_in_no_score_unless_that_is_asked_for_and_then_is_told()
    {
        await using var host = await Start();
        await host.Put(Logins);
        var cutOff = await HalfOfManyComplainAsync(host);
        var query = Query(host, [cutOff]) with { Model = "logins" };
        var before = await host.Evaluate(query);
        var understoodBefore = await host.Evaluate(query with { AsUnderstoodNow = true });
        // Whoever will complain is given, afterwards, logins of before the cut-off.
        await host.Record([
            .. Enumerable.Range(0, 20).Select(i => new Sample($"c-{i}", At: cutOff - (i % 3 * Day), Value: 1)),
        ]);
        host.Clock.Advance(Day);

        var after = await host.Evaluate(query);
        var understood = await host.Evaluate(query with { AsUnderstoodNow = true });

        AssertArea(before.Models[0].Area, after.Models[0].Area);
        AssertArea(before.Models[0].CutOffs[0], after.Models[0].CutOffs[0]);
        Assert.Equal([20], after.CutOffs.Select(point => point.LateEvents));
        Assert.DoesNotContain(after.Warnings, warning => warning.Kind == EvaluationWarningKind.CountsLateEvents);
        AssertArea(before.Models[0].Area, understoodBefore.Models[0].Area);
        Assert.True(understood.Models[0].Area!.Area < before.Models[0].Area!.Area - 0.2);
        Assert.Equal([new(EvaluationWarningKind.CountsLateEvents, null, "", 20)], understood.Warnings);
    }

    [Fact]
    public async Task An_event_that_is_voided_after_a_cut_off_stays_in_its_scores()
    {
        await using var host = await Start();
        await host.Put(Logins);
        var at = host.Now;
        var cutOff = await HalfOfManyComplainAsync(host);
        var query = Query(host, [cutOff]) with { Model = "logins" };
        var before = await host.Evaluate(query);
        // The logins of those who will not complain.
        await host.Correct([.. Enumerable.Range(20, 20).Select(i => new EventCorrection($"c-{i}", new("login", at)))]);

        AssertArea(before.Models[0].Area, (await host.Evaluate(query)).Models[0].Area);
        var understood = await host.Evaluate(query with { AsUnderstoodNow = true });
        Assert.True(understood.Models[0].Area!.Area < before.Models[0].Area!.Area - 0.1);
    }

    [Fact]
    public async Task What_was_voided_did_not_happen_and_came_neither_late_nor_after_it()
    {
        await using var host = await Start();
        var cutOff = await HalfOfManyComplainAsync(host, with: "purchase");
        var complained = cutOff + Day;
        var late = cutOff - (Day / 2);
        await host.Record([.. Enumerable.Range(0, 20).Select(i => new Sample($"c-{i}", At: late))]);
        host.Clock.Advance(Day);
        foreach (
            var (type, at, count) in new[]
            {
                ("complaint", complained, 15),
                ("purchase", complained, 20),
                ("login", late, 20),
            }
        )
        {
            await host.Correct([
                .. Enumerable.Range(0, count).Select(i => new EventCorrection($"c-{i}", new(type, at))),
            ]);
        }

        var told = await host.Evaluate(Query(host, [cutOff]) with { AsUnderstoodNow = true });

        Assert.Equal([(40, 5)], told.CutOffs.Select(point => (point.Customers, point.Happened)));
        Assert.Equal([0], told.CutOffs.Select(point => point.LateEvents));
        Assert.DoesNotContain(told.Warnings, warning => warning.Kind == EvaluationWarningKind.OnlyAfterOutcome);
    }

    [Fact]
    public async Task What_happens_after_a_cut_off_is_in_no_score_of_it()
    {
        await using var host = await Start();
        await host.Put(Logins);
        var cutOff = await HalfOfManyComplainAsync(host);
        var query = Query(host, [cutOff]) with { Model = "logins" };
        var before = await host.Evaluate(query);
        await host.Record([.. Enumerable.Range(0, 20).Select(i => new Sample($"c-{i}", At: cutOff + (Day / 2)))]);
        host.Clock.Advance(Day);

        AssertArea(before.Models[0].Area, (await host.Evaluate(query)).Models[0].Area);
        AssertArea(before.Models[0].Area, (await host.Evaluate(query with { AsUnderstoodNow = true })).Models[0].Area);
    }

    [Fact]
    public async Task A_model_that_scores_the_outcome_or_what_only_comes_with_it_is_warned_of()
    {
        await using var host = await Start();
        var cutOff = await HalfOfManyComplainAsync(host, with: "purchase");

        var told = await host.Evaluate(Query(host, [cutOff]) with { Other = "engagement" });
        var harmless = await host.Evaluate(Query(host, [cutOff]) with { Candidate = Logins });

        Assert.Equal(
            [
                (EvaluationWarningKind.OutcomeIsScored, 0, "complaint", 20),
                (EvaluationWarningKind.OnlyAfterOutcome, 0, "purchase", 20),
                (EvaluationWarningKind.OutcomeIsScored, 1, "complaint", 20),
                (EvaluationWarningKind.OnlyAfterOutcome, 1, "purchase", 20),
            ],
            told.Warnings.OrderBy(warning => (warning.Model, warning.Kind))
                .Select(warning => (warning.Kind, warning.Model ?? -1, warning.Subject, warning.Count))
        );
        Assert.Empty(harmless.Warnings);
        Assert.Equal(("logins", 0), (harmless.Models[0].Name, harmless.Models[0].Version));
    }

    [Fact]
    public async Task Outcomes_are_events_attributes_silences_or_what_a_list_says()
    {
        await using var host = await Start();
        string[] ids = ["early", "late", "never", "gone", "again"];
        await host.Record([.. ids.Select(id => new Sample(id, At: host.Now))]);
        await host.Record(new Sample("gone", Type: "complaint", At: host.Now));
        await host.Upsert(new CustomerUpdate("gone", "", [new("plan", "none")]));
        host.Clock.Advance(2 * Day);
        var cutOff = host.Now;
        host.Clock.Advance(2 * Day);
        await host.Upsert(
            new CustomerUpdate("early", "", [new("plan", "none")]),
            new CustomerUpdate("never", "", [new("plan", "pro")])
        );
        await host.Record(new Sample("early", Type: "complaint", At: host.Now));
        await host.Record(new Sample("again", At: host.Now), new Sample("never", At: host.Now));
        host.Clock.Advance(10 * Day);
        await host.Upsert(new CustomerUpdate("late", "", [new("plan", "none")]));
        await host.Record(new Sample("late", Type: "complaint", At: host.Now), new Sample("never", At: host.Now));
        host.Clock.Advance(10 * Day);
        var query = Query(host, [cutOff]);

        Assert.Equal((4, 1, 1), await Of(Complaint, 5));
        Assert.Equal((4, 2, 1), await Of(Complaint, 15));
        Assert.Equal((5, 1, 0), await Of(new OutcomeRule.OfEvent("complaint", CanRecur: true), 5));
        Assert.Equal((4, 1, 1), await Of(new OutcomeRule.OfAttribute("plan", "none"), 5));
        Assert.Equal((4, 2, 1), await Of(new OutcomeRule.OfAttribute("plan", "none"), 15));
        // After five days of nothing: first late and gone, who did nothing since two days before the cut-off, then everybody.
        Assert.Equal((5, 2, 0), await Of(new OutcomeRule.OfSilence(5), 3));
        Assert.Equal((5, 2, 0), await Of(new OutcomeRule.OfSilence(5), 6));
        Assert.Equal((5, 5, 0), await Of(new OutcomeRule.OfSilence(5), 8));
        Assert.Equal((0, 0, 5), await Of(new OutcomeRule.OfSilence(2), 5));
        var list = new Dictionary<string, Instant>(StringComparer.Ordinal)
        {
            ["early"] = cutOff - Day,
            ["late"] = cutOff + Day,
            ["again"] = cutOff + (9 * Day),
            ["nobody"] = cutOff + Day,
        };
        Assert.Equal((4, 1, 1), await Of(new OutcomeRule.OfList(list), 5));
        Assert.Equal((4, 2, 1), await Of(new OutcomeRule.OfList(list), 9));

        async Task<(int, int, long)> Of(OutcomeRule rule, int days)
        {
            var told = await host.Evaluate(query with { Outcome = rule, Horizon = days * Day });
            return (told.CutOffs[0].Customers, told.CutOffs[0].Happened, told.CutOffs[0].LeftOut);
        }
    }

    [Fact]
    public async Task Only_those_are_looked_at_who_met_the_filter_at_the_cut_off_and_stayed_themselves()
    {
        await using var host = await Start();
        await host.Record([.. Enumerable.Range(0, 6).Select(i => new Sample($"c-{i}", At: host.Now))]);
        await host.Upsert([
            .. Enumerable.Range(0, 4).Select(i => new CustomerUpdate($"c-{i}", "", [new("plan", "pro")])),
        ]);
        host.Clock.Advance(Day);
        var cutOff = host.Now;
        host.Clock.Advance(Day);
        await host.Merge("c-0", "c-1");
        await host.Upsert(
            new CustomerUpdate("c-2", "", [new("plan", "free")]),
            new CustomerUpdate("c-5", "", [new("plan", "pro")])
        );
        await host.Delete("c-3");
        host.Clock.Advance(10 * Day);

        var told = await host.Evaluate(Query(host, [cutOff]) with { Filter = Filter.Parse("plan = pro") });

        Assert.Equal((2, 1), (told.CutOffs[0].Customers, told.CutOffs[0].LeftOut));
        Assert.Contains(EvidenceGap.TooFewHappened, told.Models[0].Gaps);
        Assert.Null(told.Models[0].Area);
    }

    [Fact]
    public async Task Models_that_are_not_there_are_refused()
    {
        await using var host = await Start();
        var query = Query(host, [host.Now - (20 * Day)]);

        Assert.Equal(
            ScoringError.ModelNotFound,
            (await Refusal(() => host.Evaluate(query with { Model = "none" }))).Error
        );
        Assert.Equal(
            ScoringError.ModelVersionNotFound,
            (await Refusal(() => host.Evaluate(query with { Other = "engagement@9" }))).Error
        );
        Assert.Empty((await host.Evaluate(query)).Models[0].Lifts);
    }

    /// <summary>40 customers with more logins the higher their number, of whom the first half complains within a day after the cut-off that is given.</summary>
    private static async Task<Instant> HalfOfManyComplainAsync(BackendHost host, string? with = null)
    {
        await host.Record([
            .. Enumerable
                .Range(0, 40)
                .SelectMany(i =>
                    Enumerable
                        .Repeat(i, 1 + (i * 7 % 40 / 20) + (i / 20))
                        .Select(_ => new Sample($"c-{i}", At: host.Now))
                ),
        ]);
        host.Clock.Advance(Day);
        var cutOff = host.Now;
        host.Clock.Advance(Day);
        await host.Record([
            .. Enumerable.Range(0, 20).Select(i => new Sample($"c-{i}", Type: "complaint", At: host.Now)),
        ]);
        if (with is not null)
        {
            await host.Record([.. Enumerable.Range(0, 20).Select(i => new Sample($"c-{i}", Type: with, At: host.Now))]);
        }
        host.Clock.Advance(10 * Day);
        return cutOff;
    }

    private static EvaluationQuery Query(BackendHost host, IReadOnlyList<Instant> cutOffs) =>
        new()
        {
            Workspace = host.Workspace,
            Outcome = Complaint,
            CutOffs = cutOffs,
            Horizon = 7 * Day,
        };

    private static Outcomes OutcomesOf(IReadOnlyList<(double[] Scores, bool Happened, string Customer)> rows, int model)
    {
        List<string> customers = [.. rows.Select(row => row.Customer).Distinct()];
        return new(
            [.. rows.Select(row => -row.Scores[model])],
            [.. rows.Select(row => row.Happened)],
            [.. rows.Select(row => customers.IndexOf(row.Customer))]
        );
    }

    /// <summary>The share of pairs of which the one that it happened to has the lower score.</summary>
    private static double NaiveArea(IEnumerable<(double[] Scores, bool Happened, string Customer)> rows, int model)
    {
        var all = rows.ToLookup(row => row.Happened, row => row.Scores[model]);
        return all[true]
            .SelectMany(
                _ => all[false],
                (did, didNot) =>
                    did < didNot ? 1
                    : did.Equals(didNot) ? 0.5
                    : 0
            )
            .Average();
    }

    private static void AssertArea(AreaUnderRoc? expected, AreaUnderRoc? told)
    {
        Assert.Equal(expected is null, told is null);
        Assert.Equal(expected?.Area ?? 0, told?.Area ?? 0, 1e-9);
        Assert.Equal(expected?.Lower ?? 0, told?.Lower ?? 0, 1e-9);
        Assert.Equal(expected?.Upper ?? 0, told?.Upper ?? 0, 1e-9);
    }
}
