using System.Buffers;
using FsCheck;
using FsCheck.Fluent;
using Scoring.Core.Accounts;
using Scoring.Core.Facts;
using Scoring.Core.Lifecycles;
using Scoring.Core.Models;
using Scoring.Core.Populations;
using Scoring.Core.Segments;
using Scoring.Core.Serialization;
using Scoring.Core.Time;

namespace Scoring.Core.Tests.Models;

/// <summary>Whatever may be recorded and whatever model is valid, no figure is infinite or no number.</summary>
public sealed class FiniteFiguresSpecs
{
    /// <summary>2^47 events of each type: half of what a count can be.</summary>
    private const int Doublings = 47;

    private static readonly string[] Types = ["a", "b", "c"];

    [Fact]
    public void Every_figure_is_finite_at_the_bounds() =>
        Check.One(
            Config.QuickThrowOnFailure.WithMaxTest(500),
            Prop.ForAll(
                Arb.From(Models()),
                Arb.From(Gen.Elements(0.0, 0.5, 29, 200, 100_000)),
                (model, delay) =>
                {
                    Assert.Empty(ModelRules.Check(model, Samples.Workspace));
                    AssertFinite(Extremes.Value, model, Samples.Noon + TimeSpan.FromDays(delay));
                }
            )
        );

    private static readonly Lazy<Population> Extremes = new(() =>
    {
        var population = new Population(Samples.Workspace);
        var customer = 0;
        // Just before a landmark sums are largest.
        foreach (var age in (double[])[0, 1e-9, 40, 1_000, 700_000])
        {
            foreach (var value in (double[])[Limits.Value, -Limits.Value, 1, double.Epsilon, 0])
            {
                population.Load(Stored($"c-{customer++}", Samples.DaysAgo(age), value));
            }
        }
        population.Upsert("nothing");
        return population;
    });

    private static void AssertFinite(Population population, ScoringModel model, Instant readTime)
    {
        for (var row = 0; row < population.Count; row++)
        {
            var score = population.Score(row, model, readTime);
            AssertFinite([score.Score, score.Points, score.Index, score.Momentum, score.NextBand?.Points]);
            Assert.InRange(score.Momentum ?? 0, -1, 1);
            AssertFinite(score.Contributions.SelectMany(c => (double?[])[c.Quantity, c.Points]));
        }
        var query = new SegmentQuery
        {
            Workspace = "default",
            Percentiles = [0, 1, 50, 99.9, 100],
            Top = 2,
            Bottom = 2,
            EventTotals = true,
        };
        var segment = SegmentTally.Summarize([population.Tally(query, model, readTime)], query, model, readTime);
        AssertFinite([segment.Mean, segment.StandardDeviation, segment.Min, segment.Max]);
        AssertFinite(segment.Percentiles.Select(p => (double?)p.Score));
        AssertFinite(segment.Top.Concat(segment.Bottom).SelectMany(r => (double?[])[r.Score, r.Momentum]));
        AssertFinite(segment.EventTotals.SelectMany(t => (double?[])[t.Count, t.Value]));
        Assert.Equal(population.Count, segment.Bands.Sum(b => b.Customers));
        var health = AccountTally.Summarize(
            [population.TallyAccount("acme", model, 90, readTime)],
            account: null,
            new AccountHealthQuery("default", "acme", 90, "", readTime),
            model,
            Samples.Workspace,
            readTime
        );
        AssertFinite([health.Score, health.Frequency.Part, health.Growth.Change]);
    }

    private static void AssertFinite(IEnumerable<double?> figures) =>
        Assert.All(figures, figure => Assert.True(figure is null || double.IsFinite(figure.Value), $"{figure}"));

    /// <summary>A customer with as many events of every type as can be, in its stored form.</summary>
    private static byte[] Stored(string id, Instant at, double value)
    {
        var schema = new FactsSchema([.. Samples.Workspace.HalfLivesDays.Select(days => new HalfLife(days))]);
        var one = new FactsView(Empty(), schema);
        foreach (var type in Types)
        {
            one.Record(schema.EventTypes.Intern(System.Text.Encoding.UTF8.GetBytes(type)), value, -1, at, true, out _);
        }
        var facts = new FactsView(Empty(), schema) { ActiveDays = one.ActiveDays };
        facts.LastEvent = at;
        Span<ulong> values = stackalloc ulong[ValueSum.Words];
        values.Clear();
        for (var part = 0; part < 128; part++)
        {
            ValueSum.Add(values, Math.ScaleB(value, Doublings - 7));
        }
        foreach (var series in one.Series)
        {
            var count = Math.Min(series.Count << Doublings, SeriesView.MaxCount);
            facts.AddStored(series.EventType, count, series.NewestDay, values, Doubled(series.Decayed));
            if (series.HasValues)
            {
                facts.AddStored(series.EventType, null, 0, values, Doubled(series.DecayedValues));
            }
        }
        var target = new ArrayBufferWriter<byte>();
        var writer = new RecordWriter(target);
        CustomerHeader.Write(
            FactsRecord.Current,
            System.Text.Encoding.UTF8.GetBytes(id),
            "acme"u8,
            at,
            LifecycleMarks.None.With(at.UtcDay, LifecycleMarks.NoTurn),
            ref writer
        );
        writer.Count(0);
        FactsRecord.Write(facts, schema, ref writer);
        return target.WrittenSpan.ToArray();
    }

    private static ulong[] Empty()
    {
        var words = new ulong[200];
        FactsView.Clear(words);
        return words;
    }

    private static Gen<ScoringModel> Models() =>
        from terms in Terms().NonEmptyListOf()
        from target in Gen.Elements(Limits.SmallestDivisor, 1, Limits.Value)
        from ends in Gen.Elements<double[]>([-1e12, 0, 1e12], [0, 1e-6, 2e-6], [999_999e6, 1e12], [])
        select Samples.Model([.. terms.DistinctBy(t => (t.EventType, t.HalfLifeDays, t.Measure))]) with
        {
            TargetPoints = target,
            Bands =
            [
                .. ends.Select((end, i) => new Band($"b{i}", "", Engagement.Engaged, end, i % 2 == 0)),
                Samples.Bands[^1],
            ],
        };

    private static Gen<EventTerm> Terms() =>
        from type in Gen.Elements(Types)
        from halfLife in Gen.Elements(0, 7, 30)
        from measure in Gen.Elements(Measure.Count, Measure.Value)
        from weight in Gen.Elements(Limits.Value, -Limits.Value, 1, 1e-300, -double.Epsilon, 0)
        from cap in Gen.Elements<double?>(null, null, Limits.SmallestDivisor, Limits.Value, 1)
        select new EventTerm(type, halfLife, measure, weight, cap);

    private static ulong[] Doubled(ReadOnlySpan<ulong> sums) =>
        [
            .. sums.ToArray()
                .Select(bits =>
                    BitConverter.DoubleToUInt64Bits(Math.ScaleB(BitConverter.UInt64BitsToDouble(bits), Doublings))
                ),
        ];
}
