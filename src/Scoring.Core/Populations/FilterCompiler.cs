using System.Text;
using Scoring.Core.Facts;
using Scoring.Core.Filters;
using Scoring.Core.Lifecycles;
using Scoring.Core.Memory;
using Scoring.Core.Scores;
using Scoring.Core.Time;

namespace Scoring.Core.Populations;

/// <summary>Makes tests on the rows of one population of the conditions of a filter.</summary>
internal sealed class FilterCompiler(
    FactsSchema schema,
    IdTable ids,
    FactsTable facts,
    AttributeTable attributes,
    AccountIndex accounts,
    AdjustmentTable adjustments,
    LifecycleTable lifecycles,
    LifecycleSettings settings,
    CompiledModel model,
    RowScores scores,
    Instant readTime
)
{
    // A cache line of facts and what is found there; a text that is made; what is looked for in all series.
    private const int FactsCost = 20;
    private const int TextCost = 60;
    private const int MomentumCost = 100;

    // So many values of an attribute are compared with one after the other.
    private const int FewValues = 8;

    private readonly int _today = readTime.UtcDay;

    /// <summary>The test that a condition is.</summary>
    public RowTest Compile(Condition condition) =>
        condition switch
        {
            Condition.All all => RowTest.All(all.Parts.Select(Compile)),
            Condition.Any any => RowTest.Any(any.Parts.Select(Compile)),
            Condition.Not not => RowTest.Not(Compile(not.Part)),
            Condition.TextTest text => OfText(text),
            Condition.NumberTest number => OfNumber(number),
            Condition.AgeTest { Field: AgeField.LastEvent } age => OfFacts(row =>
                facts.LastEventOf(row) is var at && at != Instant.MinValue && age.Passes(at, readTime)
            ),
            Condition.AgeTest { Field: AgeField.LastDayOfType } age => OfLastDay(age),
            Condition.AgeTest age => OfRow(row =>
                lifecycles.FirstDays[row] is var day
                && day != LifecycleMarks.NoDay
                && age.Passes(new Instant(day * TimeSpan.TicksPerDay), readTime)
            ),
            Condition.Used used => OfUse(schema.Features.Find(used.Feature)),
            Condition.Adjusted adjusted => new NamedRowsTest(
                adjustments
                    .All.Select(of => of.Key)
                    .Where(row => adjustments.Find(row, adjusted.Model, readTime) is not null),
                facts.Count
            ),
            _ => throw new ArgumentException($"{condition.GetType().Name} must be resolved first.", nameof(condition)),
        };

    private RowTest OfText(Condition.TextTest test)
    {
        switch (test.Field)
        {
            case TextField.Attribute:
                return attributes.Find(test.Key) is { } column ? OfAttribute(column, test) : RowTest.Nobody;
            case TextField.CustomerId when test.Test == TextOperator.Equals:
                return new NamedRowsTest(
                    test.Values.Select(id => ids.Find(Encoding.UTF8.GetBytes(id))).Where(row => row >= 0),
                    facts.Count
                );
            case TextField.CustomerId:
                return OfEach(row => test.Passes(Encoding.UTF8.GetString(ids[row])), TextCost);
            case TextField.AccountId when test.Test == TextOperator.Equals:
                return new NamedRowsTest(accounts.RowsOf(test.Values), facts.Count);
            case TextField.AccountId:
                return OfFacts(row => test.Passes(accounts.AccountOf(row)), TextCost);
            case TextField.Band:
                bool[] passing = [.. model.Model.Bands.Select(band => test.Passes(band.Name))];
                return new ScoreTest(scores, score => passing[model.Model.BandOf(score)]);
            default:
                bool[] stages =
                [
                    .. Enum.GetValues<Lifecycle>().Select(stage => test.Passes(stage.ToString().ToLowerInvariant())),
                ];
                return OfRow(row => stages[(int)lifecycles[row].On(_today, NewestActiveDay(row), settings)]);
        }
    }

    private static RowTest OfAttribute(AttributeColumn column, Condition.TextTest test)
    {
        if (test.Test != TextOperator.Equals)
        {
            return new ValueTest(column, test.Passes);
        }
        int[] numbers = [.. test.Values.Select(column.Find).OfType<int>().Distinct()];
        return numbers.Length <= FewValues
            ? RowTest.Any(numbers.Select(number => new EqualTest(column, number)))
            : new ValueTest(column, new HashSet<string>(test.Values, StringComparer.Ordinal).Contains);
    }

    private RowTest OfNumber(Condition.NumberTest test)
    {
        switch (test.Field)
        {
            case NumberField.Attribute:
                return attributes.Find(test.Key) is { } column ? new ValueTest(column, test.Passes) : RowTest.Nobody;
            case NumberField.Score:
                return new ScoreTest(scores, test.Passes);
            case NumberField.DisplayScore:
                return new ScoreTest(scores, score => test.Passes(CustomerScore.IndexOf(score)));
            case NumberField.Momentum:
                return OfFacts(
                    row =>
                        CustomerScorer.Momentum(model, schema, facts[row], settings, readTime) is { } momentum
                        && test.Passes(momentum),
                    MomentumCost
                );
            case NumberField.ActiveDays:
                return OfFacts(row => test.Passes(facts[row].ActiveDays.CountBetween(_today - test.Days + 1, _today)));
            default:
                var type = schema.EventTypes.Find(test.Key);
                var measure = test.Field == NumberField.Events ? Measure.Count : Measure.Value;
                var sum = schema.SumOf(test.Days);
                return type >= 0 ? OfFacts(row => test.Passes(facts[row].Quantity(type, measure, sum, readTime)))
                    : test.Passes(0) ? RowTest.Everyone
                    : RowTest.Nobody;
        }
    }

    private RowTest OfLastDay(Condition.AgeTest test)
    {
        var type = schema.EventTypes.Find(test.EventType);
        return type < 0
            ? RowTest.Nobody
            : OfFacts(row =>
                facts[row].NewestDayOf(type) is { } day
                && test.Passes(new Instant(day * TimeSpan.TicksPerDay), readTime)
            );
    }

    private RowTest OfUse(int feature) => feature < 0 ? RowTest.Nobody : OfFacts(row => facts[row].HasUsed(feature));

    private EachRowTest OfFacts(Func<int, bool> passes, int cost = FactsCost) => new(passes, facts, cost);

    private static EachRowTest OfRow(Func<int, bool> passes) => OfEach(passes, cost: 2);

    private static EachRowTest OfEach(Func<int, bool> passes, int cost) => new(passes, facts: null, cost);

    private int NewestActiveDay(int row) =>
        facts.RecentDays.Newest[row] is var day and > 0 ? day - 1 : LifecycleMarks.Never;
}
