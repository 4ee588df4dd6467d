using System.Diagnostics;
using System.Globalization;
using System.Text;
using Scoring.Core.Evaluation;
using Scoring.Core.History;
using Scoring.Core.Recording;
using Scoring.Core.Segments;
using Scoring.Core.Time;
using Scoring.Engine;
using Scoring.Engine.Tests;

namespace Scoring.Benchmarks;

/// <summary>What it costs to keep every event, and how long it takes to tell of the past.</summary>
internal static class HistoryFigures
{
    private const int Pairs = 5;
    private const int BatchesOfRound = 1_000;

    public static async Task Print(int customers)
    {
        await Recording(customers);
        await Reading(customers);
    }

    /// <summary>Recording with the archive beside without it, in turns, checkpoints included.</summary>
    private static async Task Recording(int customers)
    {
        var root = Directory.CreateTempSubdirectory("scoring-bench-").FullName;
        try
        {
            var workload = new Workload(customers);
            await using var with = await Open(Path.Combine(root, "with"), keepsEvents: true);
            await using var without = await Open(Path.Combine(root, "without"), keepsEvents: false);
            var ratios = new List<double>();
            for (var pair = 0; pair <= Pairs; pair++)
            {
                EventBatch[] batches = [.. Enumerable.Range(0, BatchesOfRound).Select(_ => workload.Next())];
                var first = pair % 2 == 0 ? with : without;
                var one = await Record(first, batches);
                var other = await Record(first == with ? without : with, batches);
                Array.ForEach(batches, batch => batch.Dispose());
                var (kept, plain) = first == with ? (one, other) : (other, one);
                if (pair > 0)
                {
                    Row("recording 1 M events and a checkpoint, with", kept.TotalSeconds, "s");
                    Row("  without", plain.TotalSeconds, "s");
                    ratios.Add(plain / kept);
                }
            }
            ratios.Sort();
            Row("rate with the archive, of that without, median", ratios[ratios.Count / 2], "");
            Row("  least", ratios[0], "");
            Row("  most", ratios[^1], "");
        }
        finally
        {
            Directory.Delete(root, recursive: true);
        }
    }

    private static async Task<TimeSpan> Record(ScoringEngine engine, EventBatch[] batches)
    {
        var clock = Stopwatch.StartNew();
        await Parallel.ForEachAsync(
            batches,
            new ParallelOptions { MaxDegreeOfParallelism = 16 },
            async (batch, cancellation) => await engine.RecordAsync(batch, cancellation)
        );
        await engine.CheckpointAsync();
        return clock.Elapsed;
    }

    /// <summary>Histories of customers who each had some twenty events over a year.</summary>
    private static async Task Reading(int customers)
    {
        const int eventsOfOne = 20;
        var directory = Directory.CreateTempSubdirectory("scoring-bench-").FullName;
        try
        {
            await using var engine = await Open(directory, keepsEvents: true);
            var now = Instant.From(DateTimeOffset.UtcNow);
            var random = new Random(1);
            for (var left = customers * eventsOfOne; left > 0; left -= Workload.BatchSize)
            {
                using var batch = new EventBatch("");
                for (var i = 0; i < Workload.BatchSize; i++)
                {
                    var id = string.Create(CultureInfo.InvariantCulture, $"customer-{random.Next(customers)}");
                    batch.Add(
                        new EventRecord
                        {
                            CustomerId = Encoding.UTF8.GetBytes(id),
                            Type = Encoding.UTF8.GetBytes(Workload.Types[random.Next(Workload.Types.Length)]),
                            OccurredAt = now - TimeSpan.FromMilliseconds(random.NextInt64(365L * 86_400_000)),
                            Value = 1,
                        }
                    );
                }
                await engine.RecordAsync(batch, default);
            }
            await engine.CheckpointAsync();
            Instant[] days = [.. Enumerable.Range(0, 365).Select(day => now - TimeSpan.FromDays(364 - day))];
            var times = new List<double>();
            for (var i = 0; i < 2_000; i++)
            {
                var id = string.Create(CultureInfo.InvariantCulture, $"customer-{random.Next(customers)}");
                var started = Stopwatch.GetTimestamp();
                _ = await engine.GetScoreHistoryAsync(new ScoreHistoryQuery("", id, "", days, null), default);
                times.Add(Stopwatch.GetElapsedTime(started).TotalMilliseconds);
            }
            times.Sort();
            Row("a customer's year by day, median", times[times.Count / 2], "ms");
            Row("  p99", times[(int)(times.Count * 0.99)], "ms");
            var median = 50;
            foreach (var (what, step, points) in new[] { ("month", 31, 12), ("week", 7, 52), ("day", 1, 365) })
            {
                Instant[] ends =
                [
                    .. Enumerable.Range(0, points).Select(i => now - TimeSpan.FromDays((points - 1 - i) * step)),
                ];
                // Another question each time, so that nothing of it is known yet.
                var query = new SegmentQuery { Workspace = "", Percentiles = [median++] };
                await TimeAsync($"everyone's year by {what}", ends);
                await TimeAsync("  asked again", ends[..^1]);
                await TimeAsync("  with the score now", [.. ends[..^1], Instant.From(DateTimeOffset.UtcNow)]);

                async Task TimeAsync(string what, Instant[] ends)
                {
                    var started = Stopwatch.GetTimestamp();
                    _ = await engine.GetSegmentHistoryAsync(new SegmentHistoryQuery(query, ends, null), default);
                    Row(what, Stopwatch.GetElapsedTime(started).TotalMilliseconds, "ms");
                }
            }
            await Changing(engine, now);
            await Judging(engine, now);
        }
        finally
        {
            Directory.Delete(directory, recursive: true);
        }
    }

    /// <summary>How everyone's scores changed in a month, and who leaves the highest band.</summary>
    private static async Task Changing(ScoringEngine engine, Instant now)
    {
        var month = new SegmentChangeQuery
        {
            Workspace = "",
            From = now - TimeSpan.FromDays(30),
            To = now,
            Movers = 10,
        };
        var started = Stopwatch.GetTimestamp();
        _ = await engine.ListMoversAsync(month, default);
        Row("who moved most in a month", Stopwatch.GetElapsedTime(started).TotalMilliseconds, "ms");
        started = Stopwatch.GetTimestamp();
        _ = await engine.ExplainSegmentChangeAsync(month, default);
        Row("why the mean changed in a month", Stopwatch.GetElapsedTime(started).TotalMilliseconds, "ms");
        started = Stopwatch.GetTimestamp();
        var leavers = await engine.ListBandLeaversAsync(
            new()
            {
                Workspace = "",
                Until = now + TimeSpan.FromDays(14),
                Count = 50,
            },
            default
        );
        Row("who leaves the highest band", Stopwatch.GetElapsedTime(started).TotalMilliseconds, "ms");
        Row("  of those in it", leavers.Tally.InBand, "");
    }

    /// <summary>Whether scores tell who falls silent for a month, at twelve cut-offs, and which weights would tell it better.</summary>
    private static async Task Judging(ScoringEngine engine, Instant now)
    {
        var month = TimeSpan.FromDays(30);
        var query = new EvaluationQuery
        {
            Workspace = "",
            Outcome = new OutcomeRule.OfSilence(30),
            CutOffs = [.. Enumerable.Range(0, 12).Select(i => now - ((12 - i) * month))],
            Horizon = month,
            AsUnderstoodNow = true,
        };
        var started = Stopwatch.GetTimestamp();
        var evaluation = await engine.EvaluateModelAsync(query, progress: null, default);
        Row("evaluation at twelve cut-offs", Stopwatch.GetElapsedTime(started).TotalMilliseconds, "ms");
        Row("  customers looked at", evaluation.CutOffs.Sum(of => of.Customers), "");
        started = Stopwatch.GetTimestamp();
        _ = await engine.ProposeWeightsAsync(new(query, JudgedCutOffs: 4, FreeSigns: false), default);
        Row("weights proposed from eight of them", Stopwatch.GetElapsedTime(started).TotalMilliseconds, "ms");
    }

    private static async Task<ScoringEngine> Open(string directory, bool keepsEvents) =>
        await ScoringEngine.OpenAsync(
            new EngineOptions
            {
                DataDirectory = directory,
                Models = [new ModelSource("", Workload.Model with { Version = 0 }, "1")],
                CheckpointBytes = 1L << 40,
                CheckpointInterval = TimeSpan.FromDays(1),
                KeepsEvents = keepsEvents,
            }
        );

    private static void Row(string what, double figure, string unit) =>
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{what, -50} {figure, 12:N3} {unit}"));
}
