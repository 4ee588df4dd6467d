using System.Buffers;
using System.Text;
using Microsoft.Extensions.Time.Testing;
using Scoring.Core.Populations;
using Scoring.Core.Recording;
using Scoring.Core.Segments;
using Scoring.Core.Workspaces;
using Scoring.Grains.Relay;
using Scoring.Grains.Tests.Fakes;

namespace Scoring.Grains.Tests.Relay;

/// <summary>Tallies that wait for what is wanted of them.</summary>
public sealed class KeptTalliesSpecs
{
    private static readonly SegmentQuery Query = new() { Workspace = "w", Percentiles = [50] };

    private readonly FakeTimeProvider _time = new();

    [Fact]
    public void A_tally_with_many_scores_is_kept_until_it_is_asked_for_once()
    {
        var kept = new KeptTallies(_time);
        var asked = Guid.NewGuid();

        Assert.True(Write(kept, asked, out var sent));

        Assert.True(SegmentTally.Read(sent, Query).IsBrief);
        Assert.NotNull(kept.Take(asked));
        Assert.Null(kept.Take(asked));
    }

    [Fact]
    public async Task It_is_let_go_of_when_nobody_asks_for_5_seconds()
    {
        var kept = new KeptTallies(_time);
        var (early, late) = (Guid.NewGuid(), Guid.NewGuid());
        Assert.True(Write(kept, early, out _));
        _time.Advance(TimeSpan.FromSeconds(4));
        Assert.True(Write(kept, late, out _));

        _time.Advance(TimeSpan.FromSeconds(2));

        await TestSilos.UntilAsync(() => kept.Count == 1);
        Assert.Null(kept.Take(early));
        Assert.NotNull(kept.Take(late));
    }

    [Fact]
    public void Beyond_a_bound_every_score_is_sent_and_nothing_is_kept()
    {
        var kept = new KeptTallies(_time);
        for (var i = 0; i < KeptTallies.Most; i++)
        {
            Assert.True(Write(kept, Guid.NewGuid(), out _));
        }

        Assert.False(Write(kept, Guid.NewGuid(), out var sent));

        Assert.False(SegmentTally.Read(sent, Query).IsBrief);
        Assert.Equal(KeptTallies.Most, kept.Count);
    }

    private static bool Write(KeptTallies kept, Guid asked, out byte[] sent)
    {
        var population = new Population(new WorkspaceSettings { Name = "w" });
        for (var i = 0; i < 20; i++)
        {
            var customer = Encoding.UTF8.GetBytes($"customer-{i}");
            var item = new EventRecord
            {
                CustomerId = customer,
                Type = "login"u8,
                OccurredAt = SharedStore.Now,
                Value = 1,
            };
            population.Record(item, Population.BeginLookup(customer), SharedStore.Now, out _);
        }
        population.Settle();
        var target = new ArrayBufferWriter<byte>();
        var isKept = kept.Write(asked, population.Tally(Query, Samples.Model(), SharedStore.Now), 10, target);
        sent = target.WrittenSpan.ToArray();
        return isKept;
    }
}
