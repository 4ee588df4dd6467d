using Scoring.Core.Facts;
using Scoring.Core.History;
using Scoring.Core.Models;
using Scoring.Core.Recording;
using Scoring.Core.Time;

namespace Scoring.Backend.Specs;

/// <summary>Events that were recorded wrongly count no more, whatever becomes of processes, and what was known before is not forgotten.</summary>
public abstract class CorrectionSpecs(IBackendHosts hosts) : BackendSpecs(hosts)
{
    private static readonly string[] Types = ["login", "purchase", "subscription_cancelled", "subscription_renewed"];
    private static readonly TimeSpan Day = TimeSpan.FromDays(1);

    private static ScoringModel Logins { get; } =
        Samples.Model() with
        {
            Terms = [new EventTerm("login", 0, Measure.Value, 1)],
        };

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task Customers_are_what_a_list_without_the_events_tells(int seed)
    {
        var random = new Random(seed);
        await using var host = await Start(variant: seed);
        var naive = new NaiveCustomers();
        for (var step = 0; step < 50; step++)
        {
            await Step(host, naive, random);
            host.Clock.Advance(TimeSpan.FromSeconds(random.Next(100_000)));
        }
        await host.CrashAndRestartAsync();
        await AssertSame(host, naive);
    }

    [Fact]
    public async Task A_voided_event_was_there_as_it_was_known_and_never_was_as_it_is_understood()
    {
        await using var host = await Start();
        await host.Put(Logins);
        var wrong = new Sample("ada", Value: 500, At: host.Now - (2 * Day));
        await host.Record(wrong, new Sample("ada", At: host.Now - (3 * Day)), new Sample("bob", At: host.Now - Day));
        host.Clock.Advance(Day);
        var before = host.Now;
        host.Clock.Advance(Day);

        Assert.Equal(CorrectionOutcome.Corrected, await Void(host, wrong));

        host.Clock.Advance(Day);
        for (var restarted = false; ; restarted = true)
        {
            Assert.Equal(1, (await host.Score("ada"))!.Score);
            Assert.Equal([1, 1], await ScoresOf(host, "ada", null, before, host.Now));
            Assert.Equal([501], await ScoresOf(host, "ada", before, before));
            Assert.Equal(1, (await host.Scores(before - (2 * Day), "ada"))[0]!.Score);
            Assert.Equal(
                (1d, 251d),
                (
                    (await host.SegmentHistory("", null, before))[0].Mean!.Value,
                    (await host.SegmentHistory("", before, before))[0].Mean!.Value
                )
            );
            Assert.Equal(["ada 1", "bob 1"], (await Exported(host)).Order());
            var change = (await host.Change("ada", before, host.Now))!;
            var part = Assert.Single(change.Parts);
            Assert.Equal(
                (ScoreChangeKind.Correction, "login", 1L, -500_000_000L),
                (part.Kind, part.Subject, part.Events, part.Micros)
            );
            if (restarted)
            {
                return;
            }
            await host.CrashAndRestartAsync();
        }
    }

    [Fact]
    public async Task A_replacement_counts_in_the_place_of_the_event_from_the_correction_on()
    {
        await using var host = await Start();
        await host.Put(Logins);
        var wrong = new Sample("ada", Value: 500, At: host.Now - (2 * Day), Account: "acme");
        await host.Record(wrong);
        host.Clock.Advance(Day);
        var before = host.Now;
        host.Clock.Advance(Day);
        var right = wrong with { Value = 5, At = wrong.At - Day, Feature = "search", Account = "globex" };

        Assert.Equal(CorrectionOutcome.Corrected, await Replace(host, wrong, right));

        host.Clock.Advance(Day);
        for (var restarted = false; ; restarted = true)
        {
            var details = (await host.Customer("ada"))!;
            Assert.Equal(("globex", right.At, 5d), (details.AccountId, details.LastEvent, details.Events[0].Value));
            Assert.Equal("search", Assert.Single(details.Features).Feature);
            Assert.Equal([5], await ScoresOf(host, "ada", null, before));
            Assert.Equal([500], await ScoresOf(host, "ada", before, before));
            Assert.Equal(["ada 5"], await Exported(host));
            var part = Assert.Single((await host.Change("ada", before, host.Now))!.Parts);
            Assert.Equal((ScoreChangeKind.Correction, 2L, -495_000_000L), (part.Kind, part.Events, part.Micros));
            Assert.Equal(CorrectionOutcome.AlreadyCorrected, await Replace(host, wrong, right));
            Assert.Equal(CorrectionOutcome.EventNotFound, await Replace(host, wrong, right with { Value = 6 }));
            if (restarted)
            {
                return;
            }
            await host.CrashAndRestartAsync();
        }
    }

    [Fact]
    public async Task A_correction_that_is_sent_again_voids_nothing_more()
    {
        await using var host = await Start();
        var alike = new Sample("ada", At: host.Now);
        await host.Record(alike, alike, alike, new Sample("bob", "1", At: host.Now));
        var first = Of(alike) with { CorrectionId = "first" };
        var bobs = Of(new Sample("bob", At: host.Now));

        for (var again = false; ; again = true)
        {
            var results = await host.Correct(first, bobs, first with { CustomerId = "eve" });
            var done = again ? CorrectionOutcome.AlreadyCorrected : CorrectionOutcome.Corrected;
            Assert.Equal([done, done, CorrectionOutcome.CustomerNotFound], results.Select(of => of.Outcome));
            Assert.Equal(2, (await host.Customer("ada"))!.Events[0].Count);
            if (again)
            {
                break;
            }
            await host.CrashAndRestartAsync();
            // A producer's retry does not bring it back.
            Assert.Equal(1, (await host.Record(new Sample("bob", "1", At: alike.At))).Duplicates);
        }
        var other = await host.Correct(first with { Event = first.Event with { Value = 3 } });
        Assert.Equal(CorrectionOutcome.IdConflict, other[0].Outcome);
        Assert.Equal(
            CorrectionOutcome.Corrected,
            (await host.Correct(first with { CorrectionId = "second" }))[0].Outcome
        );
        Assert.Equal(1, (await host.Customer("ada"))!.Events[0].Count);
    }

    [Fact]
    public async Task A_merged_id_stands_for_its_survivor_whose_events_of_before_the_merge_are_its_own()
    {
        await using var host = await Start();
        await host.Record(new Sample("ada", At: host.Now), new Sample("anon", "1", "purchase", At: host.Now));
        host.Clock.Advance(Day);
        await host.Merge("ada", "anon");
        host.Clock.Advance(Day);
        await host.Record(new Sample("anon", "2", "complaint", At: host.Now));

        var results = await host.Correct(
            Of(new Sample("anon", Type: "complaint", At: host.Now)),
            Of(new Sample("anon", Type: "purchase", At: host.Now - (2 * Day))),
            Of(new Sample("anon", At: host.Now - (2 * Day)))
        );

        Assert.Equal(
            [CorrectionOutcome.Corrected, CorrectionOutcome.BeforeMerge, CorrectionOutcome.Corrected],
            results.Select(of => of.Outcome)
        );
        Assert.Equal(host.Now - Day, results[1].Since);
        await host.CrashAndRestartAsync();
        var details = (await host.Customer("ada"))!;
        Assert.Equal(["purchase"], details.Events.Select(of => of.EventType));
        Assert.Equal(["anon"], details.MergedIds);
    }

    [Fact]
    public async Task Events_that_come_while_others_are_voided_are_not_lost()
    {
        await using var host = await Start();
        Sample[] wrong = [.. Enumerable.Range(0, 20).Select(i => new Sample("ada", Value: i + 2, At: host.Now))];
        await host.Record(wrong);

        var recording = Task.Run(async () =>
        {
            for (var i = 0; i < 60; i++)
            {
                await host.Record(new Sample("ada", $"e{i}", At: host.Now));
            }
        });
        var outcomes = await Task.WhenAll(wrong.Select(item => Void(host, item)));
        await recording;

        Assert.All(outcomes, outcome => Assert.Equal(CorrectionOutcome.Corrected, outcome));
        for (var restarted = false; ; restarted = true)
        {
            var type = Assert.Single((await host.Customer("ada"))!.Events);
            Assert.Equal((60L, 60d), (type.Count, type.Value));
            if (restarted)
            {
                return;
            }
            await host.CrashAndRestartAsync();
        }
    }

    [Fact]
    public async Task Who_is_deleted_takes_corrections_along()
    {
        await using var host = await Start();
        var item = new Sample("ada", At: host.Now);
        await host.Record(item);
        await host.Correct(Of(item) with { CorrectionId = "1" });
        Assert.Empty((await host.Customer("ada"))!.Events);
        await host.Delete("ada");
        await host.Record(item);

        Assert.Equal(1, (await host.Customer("ada"))!.Events[0].Count);
        Assert.Equal(
            CorrectionOutcome.Corrected,
            (await host.Correct(Of(item) with { CorrectionId = "1" }))[0].Outcome
        );
        await host.CrashAndRestartAsync();
        Assert.Empty((await host.Customer("ada"))!.Events);
    }

    private static async Task Step(BackendHost host, NaiveCustomers naive, Random random)
    {
        switch (random.Next(12))
        {
            case 0:
                var gone = $"c{random.Next(8)}";
                Assert.Equal(naive.Delete(gone), await host.Delete(gone));
                break;
            case 1:
                await host.DisturbAsync(random);
                break;
            case 2:
                await AssertSame(host, naive);
                break;
            case 3:
                CustomerUpdate update = new($"c{random.Next(8)}", random.Next(2) == 0 ? $"a{random.Next(3)}" : "", []);
                await host.Upsert(update);
                naive.Upsert(host.Now, update);
                break;
            case 4:
                var survivor = naive.RootOf($"c{random.Next(8)}");
                if (naive.Known.FirstOrDefault(id => id != survivor) is { } merged && random.Next(3) == 0)
                {
                    await host.Merge(survivor, merged);
                    naive.Merge(host.Now, survivor, merged);
                }
                break;
            case <= 7:
                await CorrectSome(host, naive, random);
                break;
            default:
                Sample[] events = [.. Enumerable.Range(0, random.Next(1, 30)).Select(_ => Event(host, random))];
                // What is sent again is one event still.
                await host.Record([.. events, events[0]]);
                naive.Record(events);
                break;
        }
    }

    private static async Task CorrectSome(BackendHost host, NaiveCustomers naive, Random random)
    {
        Sample[] wrong = [.. naive.Correctable.Where(_ => random.Next(20) == 0)];
        (Sample Wrong, Sample? Right)[] corrections =
        [
            .. wrong.Select(item =>
                (item, random.Next(3) > 0 ? null : Event(host, random) with { Customer = item.Customer })
            ),
        ];
        var results = await host.Correct([
            .. corrections.Select(of =>
                Of(of.Wrong) with
                {
                    Replacement = of.Right is null ? null : Of(of.Right).Event,
                }
            ),
        ]);
        // An answer that was lost is asked for again.
        Assert.All(
            results,
            result =>
                Assert.True(
                    result.Outcome == CorrectionOutcome.Corrected
                        || (result.Outcome == CorrectionOutcome.AlreadyCorrected && !host.AnswersEveryCall)
                )
        );
        foreach (var (item, right) in corrections)
        {
            naive.Void(host.Now, item);
            naive.Record(right is null ? [] : [right]);
        }
    }

    private static async Task AssertSame(BackendHost host, NaiveCustomers naive)
    {
        foreach (var id in Enumerable.Range(0, 8).Select(number => $"c{number}"))
        {
            naive.AssertSame(id, await host.Customer(id));
        }
        var segment = await host.Segment(query => query with { EventTotals = true });
        Assert.Equal(naive.Known.Count(), segment.Customers);
        Assert.Equal(
            naive.Totals,
            segment
                .EventTotals.OrderBy(total => total.EventType, StringComparer.Ordinal)
                .Select(total => (total.EventType, total.Count, total.Value))
        );
        foreach (var account in Enumerable.Range(0, 3).Select(number => $"a{number}"))
        {
            Assert.Equal(naive.MembersOf(account), (await host.Account(account))?.Customers ?? 0);
        }
    }

    private static async Task<CorrectionOutcome> Void(BackendHost host, Sample item) =>
        (await host.Correct(Of(item)))[0].Outcome;

    private static async Task<CorrectionOutcome> Replace(BackendHost host, Sample wrong, Sample right) =>
        (await host.Correct(Of(wrong) with { Replacement = Of(right).Event }))[0].Outcome;

    private static EventCorrection Of(Sample item) =>
        new(item.Customer, new(item.Type, item.At!.Value, item.Value, item.Feature, item.Account));

    private static async Task<IEnumerable<double>> ScoresOf(
        BackendHost host,
        string customer,
        Instant? knownAt,
        params Instant[] times
    ) => (await host.History(customer, knownAt, times))!.Points.Select(point => point.Score);

    private static async Task<List<string>> Exported(BackendHost host)
    {
        var exported = new List<string>();
        var query = new EventExportQuery { Workspace = host.Workspace };
        await foreach (var some in host.Backend.ReadEventsAsync(query, BackendHost.Cancellation))
        {
            exported.AddRange(some.Select(item => $"{item.CustomerId} {item.Value}"));
        }
        return exported;
    }

    private static Sample Event(BackendHost host, Random random) =>
        new(
            $"c{random.Next(8)}",
            $"{Guid.NewGuid()}",
            Types[random.Next(Types.Length)],
            random.Next(3) == 0 ? random.Next(5) / 4.0 : 1,
            host.Now - TimeSpan.FromSeconds(random.Next(random.Next(4) == 0 ? 20_000_000 : 300_000)),
            random.Next(2) == 0 ? $"f{random.Next(4)}" : "",
            random.Next(6) == 0 ? $"a{random.Next(3)}" : ""
        );
}
