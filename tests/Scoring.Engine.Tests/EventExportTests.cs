using Scoring.Core;
using Scoring.Core.Filters;
using Scoring.Core.History;
using Scoring.Core.Recording;
using Scoring.Core.Time;

namespace Scoring.Engine.Tests;

/// <summary>The events of the archive as others are given them.</summary>
public sealed class EventExportTests
{
    [Fact]
    public async Task An_event_is_given_as_it_was_recorded()
    {
        await using var harness = new EngineHarness();
        await harness.Open();
        var at = new Instant(harness.Now.Ticks - 12_345_678);
        harness.Clock.Advance(TimeSpan.FromMilliseconds(1));
        await harness.Record(new Sample("a", "1", "purchase", -12.5, at, "search", "acme"));
        await harness.Record(new Sample("a", "1", "purchase", -12.5, at, "search", "acme"));
        var second = harness.Now.Ticks / TimeSpan.TicksPerSecond;
        var received = new Instant((second + 1) * TimeSpan.TicksPerSecond);

        Assert.Equal([new("a", "purchase", at, received, received, -12.5, "search", "acme")], await Export(harness));
    }

    [Fact]
    public async Task Pages_divide_customers_wherever_they_end_and_each_event_comes_once()
    {
        // 40,000 events of one customer, many of them the same, among 20,000 others: several pages by events, and several by rows.
        await using var harness = new EngineHarness();
        harness.Options = harness.Options with { Partitions = 1 };
        await harness.Open();
        var recorded = new List<(string, int)>();
        for (var round = 0; round < 4; round++)
        {
            Sample[] samples =
            [
                .. Enumerable.Range(0, 5_000).Select(i => new Sample($"c{i + (round * 5_000)}", Value: round)),
                .. Enumerable.Range(0, 10_000).Select(i => new Sample("large", Value: i % 7)),
            ];
            foreach (var some in samples.Chunk(5_000))
            {
                Assert.Equal(some.Length, (await harness.Record(some)).Accepted);
            }
            recorded.AddRange(samples.Select(sample => (sample.Customer, (int)sample.Value)));
            if (round % 2 == 0)
            {
                await harness.Engine.CheckpointAsync(EngineHarness.Cancellation);
            }
            harness.Clock.Advance(TimeSpan.FromHours(7));
        }

        var exported = new List<(string, int)>();
        var pages = 0;
        var query = new EventExportQuery { Workspace = harness.Workspace };
        await foreach (var some in harness.Backend.ReadEventsAsync(query, EngineHarness.Cancellation))
        {
            Assert.InRange(some.Count, 1, 8_192);
            exported.AddRange(some.Select(item => (item.CustomerId, (int)item.Value)));
            // Files are merged between two pages.
            if (pages++ % 3 == 0)
            {
                await harness.Engine.CheckpointAsync(EngineHarness.Cancellation);
            }
        }

        Assert.True(pages > 7, $"only {pages} pages");
        Assert.Equal(recorded.Order(), exported.Order());
    }

    [Fact]
    public async Task Names_of_any_length_leave_a_page_within_about_a_megabyte()
    {
        await using var harness = new EngineHarness();
        harness.Options = harness.Options with { Partitions = 1 };
        await harness.Open();
        for (var i = 0; i < 8; i++)
        {
            await harness.Record([
                .. Enumerable.Range(0, 1_000).Select(j => new Sample("a", Account: new string('x', 200) + (i % 2))),
            ]);
        }

        var sizes = new List<int>();
        var query = new EventExportQuery { Workspace = harness.Workspace };
        await foreach (var some in harness.Backend.ReadEventsAsync(query, EngineHarness.Cancellation))
        {
            sizes.Add(some.Count);
        }

        Assert.Equal(8_000, sizes.Sum());
        Assert.True(sizes.Max() * 201 < 1 << 20, $"{sizes.Max()} events");
    }

    [Fact]
    public async Task Bounds_take_in_the_first_instant_and_leave_out_the_last()
    {
        await using var harness = new EngineHarness();
        await harness.Open();
        var start = harness.Now;
        for (var i = 0; i < 6; i++)
        {
            await harness.Record(new Sample("a", $"{i}", Value: i), new Sample("b", $"{i}", Value: i));
            if (i % 2 == 1)
            {
                await harness.Engine.CheckpointAsync(EngineHarness.Cancellation);
            }
            harness.Clock.Advance(TimeSpan.FromHours(20));
        }
        for (var from = -1; from < 7; from++)
        {
            for (var to = from; to < 7; to++)
            {
                var (first, end) = (start + TimeSpan.FromHours(20 * from), start + TimeSpan.FromHours(20 * to));
                var exported = await Export(
                    harness,
                    query => query with { ReceivedFrom = from < 0 ? null : first, ReceivedTo = to > 5 ? null : end }
                );
                var expected = Enumerable.Range(0, 6).Where(i => i >= from && (to > 5 || i < to));
                Assert.Equal(
                    expected.SelectMany(i => new[] { ("a", (double)i), ("b", i) }).Order(),
                    exported.Select(item => (item.CustomerId, item.Value)).Order()
                );
            }
        }
    }

    [Fact]
    public async Task A_filter_chooses_customers_as_they_are_now_and_those_merged_into_them()
    {
        await using var harness = new EngineHarness();
        await harness.Open();
        string[] ids = ["pro", "free", "anon-1", "anon-2", "anon-3", "none"];
        await harness.Record([.. ids.Select(id => new Sample(id, "1"))]);
        await harness.Upsert(
            new CustomerUpdate("pro", "", [new("plan", "free")]),
            new CustomerUpdate("free", "", [new("plan", "free")])
        );
        await harness.Engine.CheckpointAsync(EngineHarness.Cancellation);
        await harness.Upsert(new CustomerUpdate("pro", "", [new("plan", "pro")]));
        await harness.Merge("anon-2", "anon-1");
        await harness.Merge("pro", "anon-2");
        await harness.Merge("free", "anon-3");

        var exported = await Export(harness, query => query with { Filter = Filter.Parse("plan = pro") });
        Assert.Equal(["anon-1", "anon-2", "pro"], exported.Select(item => item.CustomerId).Order());
        Assert.Equal(6, (await Export(harness)).Count);
        Assert.Empty(await Export(harness, query => query with { Filter = Filter.Parse("plan = gone") }));
    }

    [Fact]
    public async Task Who_was_deleted_is_not_told_of_and_who_came_in_its_row_is()
    {
        await using var harness = new EngineHarness();
        await harness.Open();
        await harness.Record(new Sample("a", "1"), new Sample("b", "1"));
        await harness.Engine.CheckpointAsync(EngineHarness.Cancellation);
        await harness.Delete("a");
        await harness.Record(new Sample("a", "2", "purchase"));

        for (var i = 0; i < 3; i++)
        {
            var exported = await Export(harness);
            Assert.Equal(
                [("a", "purchase"), ("b", "login")],
                exported.Select(item => (item.CustomerId, item.EventType)).Order()
            );
            await harness.CrashAndReopen();
            await harness.Engine.CheckpointAsync(EngineHarness.Cancellation);
        }
    }

    [Fact]
    public async Task Where_the_workspace_is_unknown_it_says_so()
    {
        await using var harness = new EngineHarness();
        await harness.Open();

        var refused = await Assert.ThrowsAsync<ScoringException>(() =>
            Export(harness, query => query with { Workspace = "nowhere" })
        );

        Assert.Equal(ScoringError.WorkspaceNotFound, refused.Error);
    }

    private static async Task<List<ExportedEvent>> Export(
        EngineHarness harness,
        Func<EventExportQuery, EventExportQuery>? ask = null
    )
    {
        var query = new EventExportQuery { Workspace = harness.Workspace };
        var exported = new List<ExportedEvent>();
        await foreach (
            var some in harness.Backend.ReadEventsAsync(ask?.Invoke(query) ?? query, EngineHarness.Cancellation)
        )
        {
            exported.AddRange(some);
        }
        return exported;
    }
}
