using System.Globalization;
using System.Text;
using Scoring.Core.Memory;
using Scoring.Core.Models;
using Scoring.Core.Populations;
using Scoring.Core.Recording;
using Scoring.Core.Segments;

namespace Scoring.Benchmarks;

/// <summary>What terms of each kind, and what limits a model, cost beside the model without them: each in turn with it, in processor time.</summary>
/// <remarks>Windows and steps are such that on one of the days that are read by first they change what every customer has.</remarks>
internal static class TermFigures
{
    private const int Pairs = 5;
    private const int Scans = 5;
    private const int Scores = 50_000;
    private const string Feature = "export";

    private static readonly (string What, Func<ScoringModel, ScoringModel> Change)[] Variants =
    [
        ("the same once more", model => model),
        ("attribute, a value", With(new AttributeTerm("plan", ["paid"], [], 5))),
        ("feature, uses", With(new FeatureTerm([Feature], FeatureMeasure.Uses, 0, 2))),
        ("feature, used in 3 days", With(new FeatureTerm([Feature, "api"], FeatureMeasure.Distinct, 3, 2))),
        ("active days of 3", With(new ActiveDaysTerm(3, 2))),
        ("recency, steps", With(new RecencyTerm([new(0, 2), new(3, 1), new(30, 0)], 0, 5))),
        ("recency, half-life", With(new RecencyTerm([], 7, 5))),
        (
            "recency of a type, steps",
            With(new RecencyTerm([new(0, 2), new(3, 1), new(30, 0)], 0, 5) { EventType = "purchase" })
        ),
        ("recency of a type, half-life", With(new RecencyTerm([], 7, 5) { EventType = "purchase" })),
        ("two dimensions, one with a cap", InDimensions),
        ("floor and ceiling", model => model with { Floor = 0, Ceiling = 150 }),
        ("grace", model => model with { GraceDays = 30 }),
        (
            "all of these",
            model =>
                InDimensions(
                    model with
                    {
                        Terms =
                        [
                            .. model.Terms,
                            new AttributeTerm("plan", ["paid"], [], 5),
                            new FeatureTerm([Feature, "api"], FeatureMeasure.Distinct, 3, 2),
                            new ActiveDaysTerm(3, 2),
                            new RecencyTerm([], 7, 5) { EventType = "purchase" },
                        ],
                        Floor = 0,
                        Ceiling = 150,
                        GraceDays = 30,
                    }
                )
        ),
    ];

    public static void Print(int customers)
    {
        var workload = new Workload(customers);
        var population = workload.Populate();
        foreach (var update in workload.Attributes())
        {
            population.Upsert(update, default, 0, out _);
        }
        UseFeature(population, customers);
        // Without these all customers would score nearly the same.
        Workload.Apply(
            [.. Enumerable.Range(0, customers * 2 / Workload.BatchSize).Select(_ => workload.Next())],
            population
        );
        var rows = new Random(1).GetItems(Enumerable.Range(0, customers).ToArray(), Scores);
        var (plain, models) = (
            Workload.Model,
            Array.ConvertAll(Variants, of => of.Change(Workload.Model) with { Name = of.What })
        );
        var plainBytes = Columns(population, plain);
        Console.WriteLine(
            "beside the model of the other figures: more bytes/customer; times as long a score; times as long the statistics"
        );
        foreach (var model in models)
        {
            var bytes = (Columns(population, model) - plainBytes) / (double)customers;
            var score = Ratio(of => Score(population, of, rows), model);
            var scan = Ratio(of => Enumerable.Range(0, Scans).Sum(_ => Scan(population, of)), model);
            Console.WriteLine(Text($"{model.Name, -32} {bytes, 6:N1}  {score}  {scan}"));
        }
        Console.WriteLine(
            Text(
                $"by itself: {plainBytes / (double)customers:N1} bytes/customer, {Score(population, plain, rows) / Scores * 1e6:N2} us a score, {Scan(population, plain) * 1e3:N2} ms everyone's statistics"
            )
        );
        Console.WriteLine("times as long the first statistics of a day");
        var firsts = Enumerable
            .Range(1, Pairs)
            .Select(day => Array.ConvertAll([plain, .. models], of => Scan(population, of, day)))
            .ToList();
        for (var i = 0; i < models.Length; i++)
        {
            Console.WriteLine(
                Text($"{models[i].Name, -32} {Text(firsts.ConvertAll(first => first[i + 1] / first[0]))}")
            );
        }
    }

    /// <summary>One event of a feature for each customer.</summary>
    private static void UseFeature(Population population, int customers)
    {
        for (var i = 0; i < customers; i++)
        {
            var item = new EventRecord
            {
                CustomerId = Encoding.UTF8.GetBytes(Text($"customer-{i:D8}")),
                Type = "page_view"u8,
                Feature = Encoding.UTF8.GetBytes(Feature),
                OccurredAt = Workload.Now,
                Value = 1,
            };
            population.Record(item, Population.BeginLookup(item.CustomerId), Workload.Now, out _);
        }
        population.Settle();
    }

    private static Func<ScoringModel, ScoringModel> With(Term term) =>
        model => model with { Terms = [.. model.Terms, term] };

    private static ScoringModel InDimensions(ScoringModel model) =>
        model with
        {
            Dimensions = [new("use", "", 60), new("rest", "")],
            Terms = [.. model.Terms.Select((term, i) => term with { Dimension = i % 2 == 0 ? "use" : "rest" })],
        };

    /// <summary>Makes the columns of a model; gives their bytes.</summary>
    private static long Columns(Population population, ScoringModel model)
    {
        var before = HugePages.BytesUsed;
        population.MakeReadyToTally(model);
        return HugePages.BytesUsed - before;
    }

    private static double Score(Population population, ScoringModel model, int[] rows) =>
        Seconds(() =>
        {
            foreach (var row in rows)
            {
                population.Score(row, model, Workload.Now);
            }
        });

    private static double Scan(Population population, ScoringModel model, int day = 0)
    {
        var query = Workload.Everything with { EventTotals = false };
        var at = Workload.Now + TimeSpan.FromDays(day);
        return Seconds(() => SegmentTally.Summarize([population.Tally(query, model, at)], query, model, at));
    }

    private static double Seconds(Action action)
    {
        var before = Environment.CpuUsage.TotalTime;
        action();
        return (Environment.CpuUsage.TotalTime - before).TotalSeconds;
    }

    private static string Ratio(Func<ScoringModel, double> measure, ScoringModel model)
    {
        // The first are slower: what they run is not compiled to its fastest form yet.
        _ = (measure(Workload.Model), measure(model));
        var ratios = new List<double>();
        for (var pair = 0; pair < Pairs; pair++)
        {
            var plain = measure(Workload.Model);
            ratios.Add(measure(model) / plain);
        }
        return Text(ratios);
    }

    private static string Text(List<double> ratios)
    {
        ratios.Sort();
        return Text($"{ratios[ratios.Count / 2], 6:N2} ({ratios[0]:N2} to {ratios[^1]:N2})");
    }

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
