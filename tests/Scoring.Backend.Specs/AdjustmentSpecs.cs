using Scoring.Core;
using Scoring.Core.Adjustments;
using Scoring.Core.Filters;
using Scoring.Core.Listing;
using Scoring.Core.Models;
using Scoring.Core.Scores;
using Scoring.Core.Time;

namespace Scoring.Backend.Specs;

/// <summary>Manual adjustments: every answer contains those that were put, and no others.</summary>
public abstract class AdjustmentSpecs(IBackendHosts hosts) : BackendSpecs(hosts)
{
    private const string Default = "engagement";
    private static readonly string[] Models = [Default, "trial", "never"];

    [Fact]
    public async Task Scores_are_adjusted_as_all_that_happened_says()
    {
        var random = new Random(11);
        await using var host = await Start(variant: 1);
        var naive = new NaiveAdjustments();
        naive.Models[Default] = await host.Put(Samples.Model());
        naive.Models["trial"] = await host.Put(Samples.Model("trial", weight: 3));
        for (var step = 0; step < 60; step++)
        {
            await Step(host, naive, random);
            host.Clock.Advance(TimeSpan.FromHours(random.Next(12)));
        }
        await AssertSame(host, naive);
        await host.CrashAndRestartAsync();
        await AssertSame(host, naive);
        host.Clock.Advance(TimeSpan.FromDays(10));
        await AssertSame(host, naive);
    }

    [Fact]
    public async Task An_adjustment_is_told_with_reason_author_and_expiry_until_it_is_removed()
    {
        await using var host = await Start();
        await host.Record(new Sample("ada", At: host.Now));
        var plain = (await host.Score("ada"))!;
        var end = host.Now + TimeSpan.FromDays(30);

        var put = await host.Adjust("ada", Add(10) with { ExpireTime = end });

        Assert.InRange((put.CreateTime - host.Now).Duration(), TimeSpan.Zero, host.ClockError);
        Assert.Equal(Add(10) with { ExpireTime = end, CreateTime = put.CreateTime }, put);
        for (var restarted = false; ; restarted = true)
        {
            var score = (await host.Score("ada"))!;
            Assert.Equal(put, score.Adjustment!.Adjustment);
            Assert.Equal(10, score.Adjustment.Points, 1e-9);
            Assert.Equal(plain.Score + 10, score.Score, 1e-3);
            Assert.Equal([put], (await host.Customer("ada"))!.Adjustments);
            Assert.Equal([new("ada", put)], await List(host));
            if (restarted)
            {
                break;
            }
            await host.CrashAndRestartAsync();
        }
        await host.RemoveAdjustment("ada", Default);
        await host.CrashAndRestartAsync();
        Assert.Null((await host.Score("ada"))!.Adjustment);
        Assert.Empty((await host.Customer("ada"))!.Adjustments);
        Assert.Empty(await List(host));
    }

    [Fact]
    public async Task It_holds_for_every_version_of_its_model_and_for_one_that_is_put_after_it_was_deleted()
    {
        await using var host = await Start();
        await host.Record(new Sample("ada", At: host.Now));
        var first = await host.Put(Samples.Model("trial"));
        await host.Adjust("ada", Set(70) with { Model = "trial" });
        await host.Put(first with { TargetPoints = 7, Version = 0 });

        Assert.Equal([70, 70], await Scores("trial", "trial@1"));
        await host.DeleteModel("trial");
        Assert.Equal("trial", Assert.Single(await List(host)).Adjustment.Model);
        Assert.Equal(ScoringError.ModelNotFound, (await Refusal(() => Scores("trial"))).Error);
        await host.CrashAndRestartAsync();
        Assert.Equal([70], await Scores("trial@2"));
        await host.Put(first with { Version = 0 });
        Assert.Equal([70], await Scores("trial"));
        await host.DeleteModel("trial");
        await host.RemoveAdjustment("ada", "trial");
        Assert.Empty(await List(host));

        async Task<IEnumerable<double>> Scores(params string[] models)
        {
            var scores = new List<double>();
            foreach (var model in models)
            {
                var query = new ScoreQuery(host.Workspace, ["ada"], model, ReadTime: null);
                scores.Add((await host.Backend.GetScoresAsync(query, BackendHost.Cancellation))[0]!.Score);
            }
            return scores;
        }
    }

    [Fact]
    public async Task What_cannot_be_adjusted_is_refused_and_nothing_changes()
    {
        await using var host = await Start();
        await host.Record(new Sample("ada", At: host.Now));

        await AssertRefused(ScoringError.CustomerNotFound, "customer_id", () => host.Adjust("nobody", Add(1)));
        await AssertRefused(
            ScoringError.CustomerNotFound,
            "customer_id",
            () => host.RemoveAdjustment("nobody", Default)
        );
        await AssertRefused(ScoringError.AdjustmentNotFound, "model", () => host.RemoveAdjustment("ada", Default));
        await AssertRefused(
            ScoringError.ModelNotFound,
            "model",
            () => host.Adjust("ada", Add(1) with { Model = "none" })
        );
        var past = host.Now - TimeSpan.FromHours(1);
        await AssertRefused(
            ScoringError.InvalidArgument,
            "adjustment.expire_time",
            () => host.Adjust("ada", Add(1) with { ExpireTime = past })
        );
        Assert.Empty(await List(host));
        for (var i = 0; i <= Limits.Adjustments; i++)
        {
            await host.Put(Samples.Model($"m{i}"));
        }
        for (var i = 0; i < Limits.Adjustments; i++)
        {
            await host.Adjust("ada", Add(1) with { Model = $"m{i}" });
        }
        var more = Add(1) with { Model = $"m{Limits.Adjustments}" };
        await AssertRefused(ScoringError.LimitExceeded, "customer_id", () => host.Adjust("ada", more));
        await host.CrashAndRestartAsync();
        await AssertRefused(ScoringError.LimitExceeded, "customer_id", () => host.Adjust("ada", more));
        await host.RemoveAdjustment("ada", "m3");
        await host.Adjust("ada", more);
        Assert.Equal(Limits.Adjustments, (await host.Customer("ada"))!.Adjustments.Count);
    }

    [Fact]
    public async Task All_are_listed_page_by_page_each_once_while_others_come_and_go()
    {
        await using var host = await Start();
        await host.Put(Samples.Model("trial"));
        string[] ids = [.. Enumerable.Range(0, 40).Select(i => $"c{i:00}")];
        await host.Record([.. ids.Select(id => new Sample(id, At: host.Now))]);
        foreach (var id in ids)
        {
            await host.Adjust(id, Add(1));
            await host.Adjust(id, Set(2) with { Model = "trial" });
        }

        var seen = new List<CustomerAdjustment>();
        for (var page = await List(host, count: 7); page.Count > 0; page = await List(host, seen[^1].Place, 7))
        {
            seen.AddRange(page);
            await host.Adjust(ids[0], Add(seen.Count));
            if (seen.Count == 14)
            {
                await host.RemoveAdjustment(ids[39], "trial");
            }
        }

        var expected = ids.SelectMany(id => Models[..2].Select(model => (id, model))).SkipLast(1);
        Assert.Equal(expected, seen.Select(of => (of.CustomerId, of.Adjustment.Model)));
        var ofModel = await host.Backend.ListAdjustmentsAsync(
            new(host.Workspace, "trial", "", 100),
            BackendHost.Cancellation
        );
        Assert.Equal(ids[..39], ofModel.Select(of => of.CustomerId));
    }

    [Fact]
    public async Task Those_of_a_deleted_customer_are_gone_and_come_with_no_new_one()
    {
        await using var host = await Start();
        await host.Record(new Sample("ada", "1", At: host.Now), new Sample("bob", "2", At: host.Now));
        await host.Adjust("ada", Set(70));
        await host.Adjust("bob", Set(60));
        await host.Delete("ada");
        await host.Record(new Sample("ada", "3", At: host.Now));

        for (var restarted = false; ; restarted = true)
        {
            Assert.Null((await host.Score("ada"))!.Adjustment);
            Assert.Equal("bob", Assert.Single(await List(host)).CustomerId);
            if (restarted)
            {
                return;
            }
            await host.CrashAndRestartAsync();
        }
    }

    private static async Task Step(BackendHost host, NaiveAdjustments naive, Random random)
    {
        var (customer, model) = ($"c{random.Next(40)}", Models[random.Next(Models.Length)]);
        switch (random.Next(12))
        {
            case 0:
                await host.DisturbAsync(random);
                break;
            case 1:
                await AssertSame(host, naive);
                break;
            case 2:
                var changed = ModelOf(naive.Models[Models[random.Next(2)]], random);
                naive.Models[changed.Name] = await host.Put(changed);
                break;
            case 3:
                await host.Delete(customer);
                naive.Delete(customer);
                break;
            case 4 or 5:
                Sample[] events = [.. Enumerable.Range(0, random.Next(1, 40)).Select(_ => Event(host, random))];
                await host.Record(events);
                naive.Record(events);
                break;
            case 6:
                var removed = await Record.ExceptionAsync(() => host.RemoveAdjustment(customer, model));
                var held = naive.Remove(customer, model, host.Now);
                // One whose answer was lost and that is asked for again finds nothing to remove.
                Assert.True(held == removed is null || (held && !host.AnswersEveryCall), $"{removed}");
                break;
            default:
                var asked = Adjustment(host, model, random);
                ScoreAdjustment? put = null;
                var refused = await Record.ExceptionAsync(async () => put = await host.Adjust(customer, asked));
                Assert.Equal(naive.Put(customer, put ?? asked), refused is null);
                break;
        }
    }

    private static async Task AssertSame(BackendHost host, NaiveAdjustments naive)
    {
        Assert.Equal(naive.All(host.Now), await List(host));
        foreach (var model in naive.Models.Values)
        {
            var segment = await host.Segment(query =>
                query with
                {
                    Model = model.Name,
                    Percentiles = [0, 50, 100],
                    Top = 100,
                }
            );
            var scores = await Scores(host, naive, model, segment.ReadTime);
            foreach (var score in scores)
            {
                Assert.Equal(naive.Score(score.CustomerId, model, score.ReadTime), score.Score, 1e-9);
                Assert.Equal(naive.Of(score.CustomerId, model.Name, score.ReadTime), score.Adjustment?.Adjustment);
                Assert.Equal(
                    score.Contributions.Sum(part => part.Points)
                        + (score.Adjustment?.Points ?? 0)
                        + score.CutOffs.Sum(of => of.Points),
                    score.Points,
                    1e-9
                );
            }
            // To the bit.
            Assert.Equal(
                scores
                    .OrderByDescending(score => score.Score)
                    .ThenBy(score => score.CustomerId, StringComparer.Ordinal)
                    .Select(score => (score.CustomerId, score.Score)),
                segment.Top.Select(top => (top.CustomerId, top.Score))
            );
            Assert.Equal(scores.Sum(score => score.Score), (segment.Mean ?? 0) * segment.Customers, 1e-6);
            await AssertOtherFiguresAreThose(host, model, scores, segment.ReadTime);
        }
    }

    /// <summary>Lists, groups, previews, filters and account health tell of the same scores.</summary>
    private static async Task AssertOtherFiguresAreThose(
        BackendHost host,
        ScoringModel model,
        IReadOnlyList<CustomerScore> scores,
        Instant readTime
    )
    {
        var token = BackendHost.Cancellation;
        var list = await host.Backend.ListCustomersAsync(
            new()
            {
                Workspace = host.Workspace,
                Model = model.Name,
                Order = CustomerOrder.Score,
                ReadTime = readTime,
                Filter = Filter.Parse($"adjusted({model.Name})"),
            },
            100,
            token
        );
        Assert.Equal(
            scores
                .Where(score => score.Adjustment is not null)
                .OrderBy(score => score.Score)
                .ThenBy(score => score.CustomerId, StringComparer.Ordinal)
                .Select(score => (score.CustomerId, score.Score, score.Adjustment)),
            list.Items.Select(item => (item!.CustomerId, item.Score, item.Adjustment))
        );
        var preview = await host.Backend.PreviewModelAsync(
            new()
            {
                Workspace = host.Workspace,
                Model = model.Name,
                Candidate = model,
                ReadTime = readTime,
            },
            token
        );
        foreach (var figures in new[] { preview.Current, preview.Candidate })
        {
            Assert.Equal(scores.Count, figures.Customers);
            Assert.Equal(scores.Count == 0 ? null : scores.Min(s => s.Score), figures.Min);
            Assert.Equal(scores.Count == 0 ? null : scores.Max(s => s.Score), figures.Max);
        }
        var groups = await host.Backend.GroupSegmentAsync(
            new()
            {
                Workspace = host.Workspace,
                Model = model.Name,
                By = ["plan"],
                Most = 10,
                ReadTime = readTime,
            },
            token
        );
        Assert.Equal(scores.Sum(s => s.Score), groups.Groups.Sum(group => group.Mean * group.Customers), 1e-6);
        if (scores.Any(score => score.AccountId == "acme"))
        {
            var health = await host.Backend.GetAccountHealthAsync(
                new(host.Workspace, "acme", 30, model.Name, readTime),
                token
            );
            Assert.Equal(
                model.Bands.Select(band =>
                    (long)scores.Count(score => score.AccountId == "acme" && score.Band == band.Name)
                ),
                health.Bands.Select(band => band.Customers)
            );
        }
    }

    private static async Task<IReadOnlyList<CustomerScore>> Scores(
        BackendHost host,
        NaiveAdjustments naive,
        ScoringModel model,
        Instant readTime
    )
    {
        var query = new ScoreQuery(host.Workspace, [.. naive.Customers], model.Name, readTime);
        var scores = await host.Backend.GetScoresAsync(query, BackendHost.Cancellation);
        return [.. scores.Select(score => Assert.IsType<CustomerScore>(score))];
    }

    private static async Task<IReadOnlyList<CustomerAdjustment>> List(
        BackendHost host,
        string after = "",
        int count = 1_000
    ) => await host.Backend.ListAdjustmentsAsync(new(host.Workspace, "", after, count), BackendHost.Cancellation);

    private static async Task AssertRefused(ScoringError error, string field, Func<Task> call)
    {
        var refusal = await Refusal(call);
        Assert.Equal((error, field), (refusal.Error, refusal.Field));
    }

    private static ScoreAdjustment Add(double score) =>
        new(Default, AdjustmentKind.Add, score, "Renewed.", "key k1 (Ada)", CreateTime: default, ExpireTime: null);

    private static ScoreAdjustment Set(double score) => Add(score) with { Kind = AdjustmentKind.Set };

    /// <summary>One that may expire, but not at an instant at which anything is asked.</summary>
    private static ScoreAdjustment Adjustment(BackendHost host, string model, Random random) =>
        new(
            model,
            random.Next(2) == 0 ? AdjustmentKind.Add : AdjustmentKind.Set,
            random.Next(-400, 400) / 8.0,
            $"reason {random.Next(100)}",
            $"author {random.Next(3)}",
            CreateTime: default,
            random.Next(2) == 0 ? host.Now + TimeSpan.FromMinutes(30 + (60 * random.Next(150))) : null
        );

    private static ScoringModel ModelOf(ScoringModel model, Random random) =>
        model with
        {
            Version = 0,
            TargetPoints = random.Next(1, 40) * 2.5,
            Floor = random.Next(2) == 0 ? -10 : null,
            Ceiling = random.Next(2) == 0 ? 45 : null,
        };

    private static Sample Event(BackendHost host, Random random) =>
        new(
            $"c{random.Next(30)}",
            $"{Guid.NewGuid()}",
            Samples.Types[random.Next(Samples.Types.Count)],
            random.Next(3) == 0 ? random.Next(5) / 4.0 : 1,
            host.Now - TimeSpan.FromHours(random.Next(90)),
            Account: random.Next(3) == 0 ? "acme" : ""
        );
}
