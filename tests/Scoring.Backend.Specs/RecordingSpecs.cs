using Scoring.Core;
using Scoring.Core.Recording;

namespace Scoring.Backend.Specs;

/// <summary>Events are counted once, whole, and in any order.</summary>
public abstract class RecordingSpecs(IBackendHosts hosts) : BackendSpecs(hosts)
{
    [Fact]
    public async Task What_is_acknowledged_is_seen_by_the_next_read()
    {
        await using var host = await Start();
        for (var i = 1; i <= 50; i++)
        {
            await host.Record(new Sample("a"));
            Assert.Equal(i, await host.CountOf("a"));
        }
    }

    [Fact]
    public async Task What_is_acknowledged_survives_a_crash()
    {
        await using var host = await Start();
        await host.Record([.. Enumerable.Range(0, 300).Select(i => new Sample($"c{i % 30}", Account: "acme"))]);
        await host.Upsert(new CustomerUpdate("c1", "globex", [new("plan", "pro")]));
        var before = await host.Score("c1");

        await host.CrashAndRestartAsync();

        Assert.Equivalent(before, await host.Score("c1"), strict: true);
        Assert.Equal(10, await host.CountOf("c29"));
    }

    [Fact]
    public async Task Late_events_count_as_if_they_had_come_in_order()
    {
        await using var host = await Start();
        Sample[] inOrder =
        [
            .. Enumerable
                .Range(0, 40)
                .Select(i => new Sample(
                    "in order",
                    Type: Samples.Types[i % 3],
                    Value: 1 + (i % 5),
                    At: host.Now - TimeSpan.FromHours(31 * (40 - i)),
                    Feature: $"f{i % 7}"
                )),
        ];
        await host.Record(inOrder);
        Sample[] late = [.. inOrder.Select(e => e with { Customer = "late" })];
        new Random(7).Shuffle(late);
        foreach (var chunk in late.Chunk(9))
        {
            await host.Record(chunk);
        }

        var scores = await host.Scores(null, "in order", "late");

        Assert.Equal(scores[0]!.Score, scores[1]!.Score, scores[0]!.Score * 1e-12);
        Assert.Equal(scores[0]!.LastEventTime, scores[1]!.LastEventTime);
        Assert.Equal(
            scores[0]!.Contributions.Select(c => (c.Term, Math.Round(c.Quantity, 9))),
            scores[1]!.Contributions.Select(c => (c.Term, Math.Round(c.Quantity, 9)))
        );
    }

    [Fact]
    public async Task Events_of_one_customer_are_applied_in_their_order()
    {
        await using var host = await Start();

        await host.Record([.. Enumerable.Range(0, 200).Select(i => new Sample($"c{i % 20}", Account: $"account {i}"))]);

        Assert.Equal("account 187", (await host.Score("c7"))!.AccountId);
    }

    [Fact]
    public async Task Calls_at_the_same_time_count_every_event()
    {
        await using var host = await Start();

        var results = await Task.WhenAll(
            Enumerable
                .Range(0, 40)
                .Select(call =>
                    host.Record([.. Enumerable.Range(0, 10).Select(i => new Sample($"c{i % 2}", $"{call}/{i}"))])
                )
        );

        Assert.All(results, result => Assert.Equal((10, 0), (result.Accepted, result.Duplicates)));
        Assert.Equal((200, 200), (await host.CountOf("c0"), await host.CountOf("c1")));
    }

    [Fact]
    public async Task The_same_event_again_is_a_duplicate_and_counts_once()
    {
        await using var host = await Start();

        var result = await host.Record(new Sample("a", "1"), new Sample("a", "1"), new Sample("b", "1"));

        Assert.Equal((2, 1), (result.Accepted, result.Duplicates));
        Assert.Equal((1, 1), (await host.CountOf("a"), await host.CountOf("b")));
    }

    [Fact]
    public async Task The_same_event_sent_many_times_at_once_counts_once()
    {
        await using var host = await Start();

        var results = await Task.WhenAll(Enumerable.Range(0, 30).Select(_ => host.Record(new Sample("a", "1"))));

        Assert.Equal((1, 29), (results.Sum(r => r.Accepted), results.Sum(r => r.Duplicates)));
        Assert.Equal(1, await host.CountOf("a"));
    }

    [Fact]
    public async Task The_same_id_with_other_content_is_a_conflict()
    {
        await using var host = await Start();
        var original = new Sample("a", "1", At: host.Now, Feature: "f", Account: "x");
        await host.Record(original);

        var result = await host.Record(
            original with
            {
                Type = "purchase",
            },
            original with
            {
                Value = 2,
            },
            original with
            {
                At = null,
            },
            original with
            {
                Feature = "g",
            },
            original with
            {
                Account = "y",
            },
            original
        );

        Assert.Equal((0, 1), (result.Accepted, result.Duplicates));
        Assert.Equal([0, 1, 2, 3, 4], result.Rejections.Select(r => r.Index));
        Assert.All(
            result.Rejections,
            r => Assert.Equal((RejectionReason.EventIdConflict, "event_id"), (r.Reason, r.Field))
        );
    }

    [Fact]
    public async Task Events_without_an_id_are_never_duplicates()
    {
        await using var host = await Start();

        var result = await host.Record(new Sample("a"), new Sample("a"));

        Assert.Equal(2, result.Accepted);
    }

    [Fact]
    public async Task Ids_are_remembered_across_a_crash()
    {
        await using var host = await Start();
        Sample[] events = [.. Enumerable.Range(0, 10_000).Select(i => new Sample($"c{i % 100}", $"{i}"))];
        await host.Record(events);

        await host.CrashAndRestartAsync();

        var again = await host.Record([.. events, new Sample("c0", "0", Value: 2), new Sample("c0", "new")]);
        Assert.Equal(10_001, again.Accepted + again.Duplicates);
        if (host.AnswersEveryCall)
        {
            Assert.Equal(1, again.Accepted);
        }
        Assert.Equal(RejectionReason.EventIdConflict, Assert.Single(again.Rejections).Reason);
        Assert.Equal(101, await host.CountOf("c0"));
        Assert.Equal(100, await host.CountOf("c7"));
    }

    [Fact]
    public async Task A_batch_of_no_events_is_answered()
    {
        await using var host = await Start();

        var result = await host.Record();

        Assert.Equal((0, 0, 0), (result.Accepted, result.Duplicates, result.Rejections.Count));
    }

    [Fact]
    public async Task A_workspace_that_is_not_configured_is_named()
    {
        await using var host = await Start();

        var error = await Refusal(() => host.Record("nowhere", new Sample("a")));

        Assert.Equal(
            (ScoringError.WorkspaceNotFound, "workspace", "nowhere"),
            (error.Error, error.Field, error.Subject)
        );
    }

    [Fact]
    public async Task Recorded_event_types_are_listed_by_name()
    {
        await using var host = await Start();
        await host.Record(new Sample("a", Type: "visit"), new Sample("b", Type: "export"), new Sample("a"));

        var types = await host.Backend.ListEventTypesAsync(host.Workspace, BackendHost.Cancellation);

        Assert.Equal(["export", "login", "visit"], types);
    }
}
