using Scoring.Core;
using Scoring.Core.Filters;
using Scoring.Core.Recording;

namespace Scoring.Backend.Specs;

/// <summary>Customers who turn out to be one.</summary>
public abstract class MergeSpecs(IBackendHosts hosts) : BackendSpecs(hosts)
{
    [Fact]
    public async Task What_merged_customers_did_counts_for_the_survivor_as_if_it_had_done_all_of_it()
    {
        await using var host = await Start();
        var random = new Random(7);
        Sample[] events = [.. Enumerable.Range(0, 400).Select(i => Event(host, random, $"e{i}"))];
        await host.Record(events);
        await host.Record([.. events.Select(item => item with { Customer = "reference" })]);

        await host.Merge("ada", "anon-1", "anon-2", "anon-3");

        for (var restarted = false; ; restarted = true)
        {
            var (ada, all) = ((await host.Score("ada"))!, (await host.Score("reference"))!);
            Assert.Equal(all.Points, ada.Points, 1e-9);
            Assert.Equal(
                all.Contributions.Select(c => (c.Term, Math.Round(c.Quantity, 9))),
                ada.Contributions.Select(c => (c.Term, Math.Round(c.Quantity, 9)))
            );
            Assert.Equal(all.Momentum ?? 0, ada.Momentum ?? 0, 1e-9);
            Assert.Equal(2, (await host.Segment()).Customers);
            if (restarted)
            {
                return;
            }
            await host.CrashAndRestartAsync();
        }
    }

    [Fact]
    public async Task An_id_that_was_merged_stands_for_the_survivor_in_every_call()
    {
        await using var host = await Start();
        await host.Record(new Sample("anon", At: host.Now), new Sample("ada", At: host.Now));
        await host.Merge("ada", "anon");

        var result = await host.Record(
            new Sample("anon", "e1"),
            new Sample("bob"),
            new Sample("anon", "e2", "purchase"),
            new Sample("ada")
        );
        var changed = await host.Upsert(
            new CustomerUpdate("bob", "", [new("plan", "free")]),
            new CustomerUpdate("anon", "acme", [new("plan", "pro")])
        );

        Assert.Equal((4, 0, 2), (result.Accepted, result.Rejections.Count, changed.Accepted));
        for (var restarted = false; ; restarted = true)
        {
            Assert.Equal(
                ["ada", "ada", null],
                (await host.Scores(null, "anon", "ada", "eve")).Select(s => s?.CustomerId)
            );
            Assert.Equal(("ada", 5d), ((await host.Customer("anon"))!.CustomerId, await host.CountOf("anon")));
            Assert.Equal("acme", (await host.Customer("anon"))!.AccountId);
            Assert.Equal(1, (await host.Account("acme"))!.Customers);
            var pro = await host.Segment(query => query with { Filter = Filter.Parse("plan = pro"), Top = 5 });
            Assert.Equal(["ada"], pro.Top.Select(top => top.CustomerId));
            Assert.Equal(2, (await host.Segment()).Customers);
            if (restarted)
            {
                return;
            }
            await host.CrashAndRestartAsync();
        }
    }

    [Fact]
    public async Task An_event_is_counted_once_whether_it_is_sent_again_before_or_after_the_merge()
    {
        await using var host = await Start();
        Sample before = new("anon", "before", At: host.Now);
        Sample after = new("anon", "after", At: host.Now);
        await host.Record(before, new Sample("ada", "before", At: host.Now));
        await host.Merge("ada", "anon");

        Assert.Equal((0, 1), await Counted(before));
        Assert.Equal((1, 0), await Counted(after));
        Assert.Equal((0, 1), await Counted(after));
        await host.CrashAndRestartAsync();
        Assert.Equal((0, 1), await Counted(before));
        Assert.Equal((0, 1), await Counted(after));
        // Ids of events are those of a customer, also when two turn out to be one.
        Assert.Equal((1, 0), await Counted(after with { Customer = "ada" }));
        var conflict = Assert.Single((await host.Record(after with { Value = 5 })).Rejections);
        Assert.Equal(RejectionReason.EventIdConflict, conflict.Reason);
        Assert.Equal(4, await host.CountOf("ada"));

        async Task<(int, int)> Counted(Sample item)
        {
            var result = await host.Record(item);
            return (result.Accepted, result.Duplicates);
        }
    }

    [Fact]
    public async Task Survivors_are_merged_in_turn_and_what_comes_of_any_id_counts_for_the_last()
    {
        await using var host = await Start();
        await host.Record(new Sample("a"), new Sample("b"), new Sample("c"));
        await host.Merge("b", "a");
        await host.Merge("c", "b");

        await host.Record(new Sample("a", "e1"), new Sample("b", "e1"), new Sample("c", "e1"));
        var again = await host.Merge("a", "b");

        Assert.Equal("c", again.CustomerId);
        Assert.Equal(["a", "b"], again.MergedIds);
        Assert.Equal(6, await host.CountOf("a"));
        await host.CrashAndRestartAsync();
        var sentAgain = await host.Record(new Sample("a", "e1"), new Sample("b", "e1"), new Sample("c", "e1"));
        Assert.Equal((0, 3), (sentAgain.Accepted, sentAgain.Duplicates));
        Assert.Equal(6, await host.CountOf("b"));
    }

    [Fact]
    public async Task Merging_again_changes_nothing_and_the_survivor_may_be_new()
    {
        await using var host = await Start();
        await host.Upsert(new CustomerUpdate("anon", "acme", [new("plan", "pro")]));
        await host.Record(new Sample("anon"), new Sample("other"));

        for (var i = 0; i < 3; i++)
        {
            var ada = await host.Merge("ada", "anon", "other", "anon");
            Assert.Equal(("ada", "acme", 2L), (ada.CustomerId, ada.AccountId, ada.Events[0].Count));
            Assert.Equal([new("plan", "pro")], ada.Attributes);
            Assert.Equal(["anon", "other"], ada.MergedIds);
        }

        await host.CrashAndRestartAsync();
        Assert.Equal(2, (await host.Merge("ada", "anon")).Events[0].Count);
    }

    [Fact]
    public async Task The_survivor_keeps_its_account_and_values_and_takes_what_it_lacks()
    {
        await using var host = await Start();
        await host.Upsert(
            new CustomerUpdate("ada", "acme", [new("plan", "pro"), new("country", "DE")]),
            new CustomerUpdate("anon", "globex", [new("plan", "free"), new("source", "ad")])
        );

        var ada = await host.Merge("ada", "anon");

        Assert.Equal("acme", ada.AccountId);
        Assert.Equal([new("country", "DE"), new("plan", "pro"), new("source", "ad")], ada.Attributes);
        Assert.Null(await host.Account("globex"));
    }

    [Fact]
    public async Task Of_several_that_have_what_the_survivor_lacks_the_first_that_was_named_brings_it()
    {
        await using var host = await Start();
        string[] ids = [.. Enumerable.Range(0, 30).Select(i => $"c{i}")];
        await host.Upsert([.. ids.Select(id => new CustomerUpdate(id, $"account-of-{id}", [new("name", id)]))]);

        var one = await host.Merge("ada", ids[..15]);
        var other = await host.Merge("bob", [.. ids[15..].Reverse()]);

        Assert.Equal(("account-of-c0", "c0"), (one.AccountId, one.Attributes[0].Value));
        Assert.Equal(("account-of-c29", "c29"), (other.AccountId, other.Attributes[0].Value));
    }

    [Fact]
    public async Task What_cannot_be_merged_is_refused_with_why_and_changes_nothing()
    {
        await using var host = await Start();
        await host.Record(new Sample("ada"), new Sample("bob"), new Sample("anon"), new Sample("more"));
        await host.Merge("ada", "anon");

        var itself = await Refusal(() => host.Merge("ada", "more", "ada"));
        var alias = await Refusal(() => host.Merge("anon", "ada"));
        var elsewhere = await Refusal(() => host.Merge("bob", "anon"));
        var unknown = await Refusal(() => host.Merge("bob", "more", "nobody"));
        var neither = await Refusal(() => host.Merge("new", "nobody"));

        Assert.Equal((ScoringError.InvalidArgument, "ada"), (itself.Error, itself.Subject));
        Assert.Equal((ScoringError.InvalidArgument, "ada"), (alias.Error, alias.Subject));
        Assert.Equal((ScoringError.CustomerMerged, "anon"), (elsewhere.Error, elsewhere.Subject));
        Assert.Contains("merge 'ada'", elsewhere.Message, StringComparison.Ordinal);
        Assert.Equal((ScoringError.CustomerNotFound, "nobody"), (unknown.Error, unknown.Subject));
        Assert.Equal("merged_customer_ids", neither.Field);
        Assert.Equal(1, await host.CountOf("more"));
        Assert.Equal(3, (await host.Segment()).Customers);
    }

    [Fact]
    public async Task No_more_ids_than_the_limit_stand_for_one_customer()
    {
        await using var host = await Start();
        string[] ids = [.. Enumerable.Range(0, Limits.MergedCustomers + 1).Select(i => $"anon-{i}")];
        await host.Record([.. ids.Select(id => new Sample(id))]);
        await host.Merge("ada", ids[..^2]);
        await host.Merge(ids[^2], ids[^1]);

        var refused = await Refusal(() => host.Merge("ada", ids[^2]));

        Assert.Equal((ScoringError.LimitExceeded, "merged_customer_ids"), (refused.Error, refused.Field));
        Assert.Equal((ids.Length - 2, 2), (await host.CountOf("ada"), await host.CountOf(ids[^1])));
    }

    [Fact]
    public async Task Deleting_any_id_of_a_customer_deletes_all_of_it()
    {
        await using var host = await Start();
        await host.Record(new Sample("anon"), new Sample("other"), new Sample("ada"), new Sample("bob"));
        await host.Merge("ada", "anon", "other");

        Assert.True(await host.Delete("anon"));

        for (var restarted = false; ; restarted = true)
        {
            Assert.Equal([null, null, null], await host.Scores(null, "anon", "other", "ada"));
            Assert.Equal(1, (await host.Segment()).Customers);
            Assert.False(await host.Delete("other"));
            if (restarted)
            {
                break;
            }
            await host.CrashAndRestartAsync();
        }
        // Each is a customer of its own from here on.
        await host.Record(new Sample("anon"), new Sample("ada"));
        Assert.Equal(("anon", "ada"), ((await host.Score("anon"))!.CustomerId, (await host.Score("ada"))!.CustomerId));
    }

    [Fact]
    public async Task Many_merges_at_once_end_as_one_after_the_other_would()
    {
        await using var host = await Start();
        await host.Record([.. Enumerable.Range(0, 60).Select(i => new Sample($"c{i}"))]);

        // In pairs, rings and stars; whoever comes second to the same id is refused.
        var merges = Enumerable
            .Range(0, 60)
            .Select(async i =>
            {
                try
                {
                    await host.Merge($"c{(i * 7 + 1) % 60}", $"c{i}");
                }
                catch (ScoringException e) when (e.Error is ScoringError.CustomerMerged or ScoringError.InvalidArgument)
                { }
            });
        var events = Enumerable.Range(0, 60).Select(i => host.Record(new Sample($"c{i}", $"e{i}")));
        await Task.WhenAll([.. merges, .. events]);

        var scores = await host.Scores(null, [.. Enumerable.Range(0, 60).Select(i => $"c{i}")]);
        string[] survivors = [.. scores.Select(score => score!.CustomerId).Distinct()];
        var everyone = await host.Segment(query => query with { EventTotals = true });
        Assert.Equal((survivors.Length, 120d), (everyone.Customers, everyone.EventTotals.Sum(total => total.Count)));
        await host.CrashAndRestartAsync();
        Assert.Equal(
            120d,
            (await host.Segment(query => query with { EventTotals = true })).EventTotals.Sum(t => t.Count)
        );
    }

    private static Sample Event(BackendHost host, Random random, string id) =>
        new(
            random.Next(4) is var who and > 0 ? $"anon-{who}" : "ada",
            id,
            Samples.Types[random.Next(Samples.Types.Count)],
            random.Next(3) == 0 ? random.Next(5) / 4.0 : 1,
            host.Now - TimeSpan.FromHours(random.Next(random.Next(4) == 0 ? 20_000 : 90)),
            random.Next(2) == 0 ? $"f{random.Next(4)}" : ""
        );
}
