using Scoring.Core.Facts;
using Scoring.Core.Populations;
using Scoring.Core.Time;

namespace Scoring.Core.Tests.Populations;

public sealed class FactsTableSpecs
{
    /// <summary>Slabs grow, leave holes and move into them: each customer's facts must stay its own.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void Facts_in_slabs_equal_facts_kept_alone_however_they_grow(int seed)
    {
        var random = new Random(seed);
        var schema = new FactsSchema([new HalfLife(7), new HalfLife(30)]);
        var table = new FactsTable(schema);
        var alone = new List<ulong[]>();
        for (var step = 0; step < 60_000; step++)
        {
            if (alone.Count < 2_000 && random.Next(10) == 0)
            {
                table.AddRow();
                table.SetAccount(alone.Count, alone.Count * 3);
                alone.Add(new ulong[FactsView.HeaderWords]);
                FactsView.Clear(alone[^1]);
            }
            if (alone.Count == 0)
            {
                continue;
            }
            var row = random.Next(alone.Count);
            // Few customers have many types: most slabs are small, some cross several sizes.
            var type = random.Next(1 + (row % 40));
            var value = random.Next(4) == 0 ? random.Next(100) : 1;
            var feature = random.Next(-5, 20);
            var at = Samples.Noon - TimeSpan.FromHours(random.Next(24 * 400));
            while (
                new FactsView(alone[row], schema).Record(type, value, Math.Max(-1, feature), at, type % 7 != 0, out _)
                    is var needed
                        and > 0
            )
            {
                alone[row] = [.. alone[row], .. new ulong[needed - alone[row].Length]];
            }
            table.Record(row, type, value, Math.Max(-1, feature), at, active: type % 7 != 0, out _);
        }
        var today = Samples.Noon.UtcDay;
        Span<uint> recent = stackalloc uint[RecentDays.WordRows];
        for (var row = 0; row < alone.Count; row++)
        {
            if (row % recent.Length == 0)
            {
                table.RecentDays.AsOf(today, row, recent);
            }
            var facts = new FactsView(alone[row], schema);
            Assert.Equal(facts.LastEvent, table.LastEventOf(row));
            Assert.Equal(facts.ActiveDays, table[row].ActiveDays);
            Assert.Equal(row * 3, table.AccountOf(row));
            var newest = facts.ActiveDays is { IsEmpty: false } days ? RecentDays.ActiveOn(days.Newest) : 0;
            Assert.Equal(newest, table.RecentDays.Newest[row]);
            for (var age = 0; age < RecentDays.Span; age++)
            {
                var isActive = facts.ActiveDays.AnyBetween(today - age, today - age);
                Assert.Equal(isActive, (recent[row % recent.Length] >> age & 1) != 0);
            }
            for (var type = 0; type < 40; type++)
            {
                for (var sum = 0; sum < schema.SumsPerSeries; sum++)
                {
                    Assert.Equal(
                        facts.Quantity(type, Measure.Value, sum, Samples.Noon),
                        table[row].Quantity(type, Measure.Value, sum, Samples.Noon)
                    );
                }
            }
        }
    }

    [Fact]
    public void Facts_of_a_customer_with_as_many_types_and_features_as_there_may_be_fit()
    {
        var schema = new FactsSchema([.. Enumerable.Range(1, 8).Select(days => new HalfLife(days))]);
        var table = new FactsTable(schema);
        table.AddRow();
        table.AddRow();
        for (var i = 0; i < Limits.EventTypes; i++)
        {
            table.Record(1, i, value: 2, feature: i, Samples.Noon, active: true, out var change);
            Assert.True(change.HasFlag(FactsChange.NewType));
        }
        Assert.Equal(Limits.Features, table[1].Features.Length);
        Assert.Equal(2, table[1].Quantity(Limits.EventTypes - 1, Measure.Value, 8, Samples.Noon), 1e-12);
        Assert.Equal(Instant.MinValue, table.LastEventOf(0));
    }
}
