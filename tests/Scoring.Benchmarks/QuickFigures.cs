using System.Diagnostics;
using System.Globalization;
using Scoring.Core.Accounts;
using Scoring.Core.Populations;
using Scoring.Core.Recording;
using Scoring.Core.Segments;
using Scoring.Engine;

namespace Scoring.Benchmarks;

/// <summary>Figures of the steady state in seconds rather than minutes: processor time per event, bytes per customer, milliseconds per read.</summary>
/// <remarks>Other programs disturb the clock more than the processor time, so that is what counts; each figure is the least of several.</remarks>
internal static class QuickFigures
{
    private static readonly SegmentQuery Everything = new()
    {
        Workspace = "",
        Percentiles = [5, 25, 50, 75, 95],
        Top = 10,
        Bottom = 10,
        EventTotals = true,
    };

    public static async Task Print(string[] args)
    {
        var what = args.Length > 0 ? args[0] : "all";
        var customers = args.Length > 1 ? int.Parse(args[1], CultureInfo.InvariantCulture) : 1_000_000;
        if (what is "population" or "all")
        {
            Population(customers);
        }
        if (what is "engine" or "all")
        {
            await Engine(customers);
        }
    }

    private static void Population(int customers)
    {
        var workload = new Workload(customers);
        var before = GC.GetTotalMemory(forceFullCollection: true);
        var population = workload.Populate();
        var bytes = GC.GetTotalMemory(forceFullCollection: true) - before;
        Row($"memory at {customers:N0} customers, 8 types", bytes / (double)customers, "bytes/customer");
        var batches = Enumerable.Range(0, 500).Select(_ => workload.Next()).ToList();
        Least(
            5,
            "Population.Record",
            500 * Workload.BatchSize,
            () =>
            {
                foreach (var batch in batches)
                {
                    foreach (var item in batch)
                    {
                        population.Record(item, Workload.Now, out _);
                    }
                    population.Settle();
                }
            }
        );
        foreach (var update in workload.Attributes())
        {
            population.Upsert(update, 0, out _);
        }
        _ = population.Tally(Everything, Workload.Model, Workload.Now);
        Least(
            5,
            "Population.Record with one model's columns",
            500 * Workload.BatchSize,
            () =>
            {
                foreach (var batch in batches)
                {
                    foreach (var item in batch)
                    {
                        population.Record(item, Workload.Now, out _);
                    }
                    population.Settle();
                }
            }
        );
        Read("tally and summary of everyone, all statistics", () => Statistics(population, Everything));
        var plain = Everything with { EventTotals = false };
        Read("the same without event totals", () => Statistics(population, plain));
        var filtered = Everything with { Filter = SegmentFilter.Parse(Workload.ThreeClauses) };
        Read("the same with a three-clause filter", () => Statistics(population, filtered));
        Read("account of 10,000", () => population.TallyAccount("account-0", Workload.Model, 30, Workload.Now));
    }

    private static SegmentStatistics Statistics(Population population, SegmentQuery query) =>
        SegmentTally.Summarize(
            [population.Tally(query, Workload.Model, Workload.Now)],
            query,
            Workload.Model,
            Workload.Now
        );

    private static async Task Engine(int customers)
    {
        var directory = Directory.CreateTempSubdirectory("scoring-bench-").FullName;
        try
        {
            var options = new EngineOptions
            {
                DataDirectory = directory,
                Models = [new ModelSource("", Workload.Model with { Version = 0 }, "1")],
                CheckpointBytes = 1L << 40,
            };
            var workload = new Workload(customers);
            await using (var engine = await ScoringEngine.OpenAsync(options))
            {
                await Fill(engine, workload);
                for (var round = 0; round < 3; round++)
                {
                    await Record(engine, [.. Enumerable.Range(0, 1_000).Select(_ => workload.Next())]);
                }
                Read("engine: statistics of everyone", () => engine.GetSegmentStatisticsAsync(Everything, default));
                var filtered = Everything with { Filter = SegmentFilter.Parse(Workload.ThreeClauses) };
                Read("engine: three-clause filter", () => engine.GetSegmentStatisticsAsync(filtered, default));
                var account = new AccountHealthQuery("", "account-0", 30, "", null);
                Read("engine: account of 10,000", () => engine.GetAccountHealthAsync(account, default));
                await Timed("checkpoint", () => engine.CheckpointAsync());
                for (var events = 0; events < 2_000_000; events += 1_000_000)
                {
                    await Record(engine, [.. Enumerable.Range(0, 1_000).Select(_ => workload.Next())]);
                }
                CopyStore(directory);
            }
            await Timed(
                "restart with 2 M events in the journal",
                async () =>
                {
                    var copy = options with { DataDirectory = Path.Combine(directory, "copy") };
                    await using var engine = await ScoringEngine.OpenAsync(copy);
                    Row("of which recovery", engine.Recovery.Duration.TotalMilliseconds, "ms");
                }
            );
        }
        finally
        {
            Directory.Delete(directory, recursive: true);
        }
    }

    private static void CopyStore(string directory)
    {
        Directory.CreateDirectory(Path.Combine(directory, "copy"));
        foreach (
            var file in Directory
                .GetFiles(directory)
                .Where(f =>
                    !f.EndsWith("lock", StringComparison.Ordinal) && !f.EndsWith("-shm", StringComparison.Ordinal)
                )
        )
        {
            File.Copy(file, Path.Combine(directory, "copy", Path.GetFileName(file)));
        }
    }

    private static async Task Fill(ScoringEngine engine, Workload workload)
    {
        foreach (var customers in workload.Attributes().Chunk(10_000))
        {
            await engine.UpsertCustomersAsync("", customers, default);
        }
        await Parallel.ForEachAsync(
            workload.EveryType(),
            new ParallelOptions { MaxDegreeOfParallelism = 8 },
            async (batch, cancellation) =>
            {
                await engine.RecordAsync(batch, cancellation);
                batch.Dispose();
            }
        );
    }

    /// <summary>Records batches that were made before, 16 in flight.</summary>
    private static async Task Record(ScoringEngine engine, EventBatch[] batches)
    {
        var allocated = GC.GetTotalAllocatedBytes();
        var (clock, processor, threads) = (Stopwatch.StartNew(), ProcessorTime, ThreadTimes());
        await Parallel.ForEachAsync(
            batches,
            new ParallelOptions { MaxDegreeOfParallelism = 16 },
            async (batch, cancellation) => await engine.RecordAsync(batch, cancellation)
        );
        var events = batches.Sum(b => b.Count);
        var nanoseconds = (ProcessorTime - processor).TotalNanoseconds / events;
        Row("engine: durable, exactly once", nanoseconds, "ns of processor time/event");
        foreach (var (thread, time) in ThreadTimes().OrderBy(t => t.Key, StringComparer.Ordinal))
        {
            Row($"  {thread}", (time - threads.GetValueOrDefault(thread)).TotalNanoseconds / events, "ns/event");
        }
        Row("  by the clock", events / clock.Elapsed.TotalSeconds / 1e6, "M events/s");
        Row("  allocated", (GC.GetTotalAllocatedBytes() - allocated) / (double)events, "bytes/event");
        foreach (var batch in batches)
        {
            batch.Dispose();
        }
    }

    /// <summary>Processor time by name of thread, of the engine's threads; the rest is what the callers' threads took.</summary>
    private static Dictionary<string, TimeSpan> ThreadTimes()
    {
        var times = new Dictionary<string, TimeSpan>(StringComparer.Ordinal);
        foreach (var task in Directory.EnumerateDirectories("/proc/self/task"))
        {
            var stat = File.ReadAllText(Path.Combine(task, "stat"));
            var name = stat[(stat.IndexOf('(') + 1)..stat.LastIndexOf(')')];
            if (name.StartsWith("scoring", StringComparison.Ordinal))
            {
                // Fields 14 and 15 of proc(5), in hundredths of a second, counted from the state behind the name.
                var fields = stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
                var ticks = fields[11..13].Sum(f => long.Parse(f, CultureInfo.InvariantCulture));
                times[name] = times.GetValueOrDefault(name) + TimeSpan.FromMilliseconds(ticks * 10);
            }
        }
        return times;
    }

    private static TimeSpan ProcessorTime
    {
        get
        {
            using var process = Process.GetCurrentProcess();
            return process.TotalProcessorTime;
        }
    }

    private static void Least(int rounds, string what, int events, Action action)
    {
        var least = TimeSpan.MaxValue;
        for (var round = 0; round < rounds; round++)
        {
            var before = ProcessorTime;
            action();
            var time = ProcessorTime - before;
            least = time < least ? time : least;
        }
        Row(what, least.TotalNanoseconds / events, "ns/event");
    }

    private static void Read<T>(string what, Func<T> read)
    {
        var least = TimeSpan.MaxValue;
        for (var round = 0; round < 30; round++)
        {
            var started = Stopwatch.GetTimestamp();
            _ = read();
            var time = Stopwatch.GetElapsedTime(started);
            least = time < least ? time : least;
        }
        Row(what, least.TotalMilliseconds, "ms");
    }

    private static async Task Timed(string what, Func<Task> action)
    {
        var started = Stopwatch.GetTimestamp();
        await action();
        Row(what, Stopwatch.GetElapsedTime(started).TotalMilliseconds, "ms");
    }

    private static void Row(string what, double figure, string unit) =>
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{what, -50} {figure, 12:N3} {unit}"));
}
