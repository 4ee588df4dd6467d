using System.Buffers;
using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Text;
using Scoring.Core.Accounts;
using Scoring.Core.Adjustments;
using Scoring.Core.Facts;
using Scoring.Core.Filters;
using Scoring.Core.Listing;
using Scoring.Core.Memory;
using Scoring.Core.Populations;
using Scoring.Core.Recording;
using Scoring.Core.Scores;
using Scoring.Core.Segments;
using Scoring.Core.Time;
using Scoring.Engine;
using Scoring.Engine.Duplicates;
using Scoring.Engine.Hosting;
using Scoring.Engine.Journal;
using Scoring.Engine.Partitions;
using Scoring.Engine.Storage;
using Scoring.Engine.Tests;
using Scoring.Engine.Workspaces;

namespace Scoring.Benchmarks;

/// <summary>Figures of the steady state in seconds rather than minutes: processor time per event, bytes per customer, milliseconds per read.</summary>
/// <remarks>Other programs disturb the clock more than the processor time, so that is what counts; each figure is the least of several.</remarks>
internal static class QuickFigures
{
    // So much do two streams of full speed have waiting when a group is taken.
    private const int BatchesOfGroup = 40;
    private const int Partitions = EngineOptions.DefaultPartitions;
    private static readonly SegmentQuery Everything = Workload.Everything;

    public static async Task Print(string[] args)
    {
        var what = args.Length > 0 ? args[0] : "all";
        if (what == "start")
        {
            await Start(args[1]);
        }
        if (what == "store")
        {
            await MakeStore(args[1], Number(args[2]), Number(args[3]));
        }
        var customers = args.Length > 1 ? Number(args[1]) : 1_000_000;
        if (what is "population" or "all")
        {
            Population(customers);
        }
        if (what is "weights" or "all")
        {
            Weights();
        }
        if (what is "attributes" or "all")
        {
            Attributes(customers);
        }
        if (what is "terms" or "all")
        {
            TermFigures.Print(customers);
        }
        if (what is "archive" or "all")
        {
            ArchiveFigures.Print();
        }
        if (what is "history" or "all")
        {
            await HistoryFigures.Print(customers);
        }
        if (what == "scan")
        {
            Scan(new Workload(customers).Populate(), new Workload(customers));
        }
        if (what is "filters" or "questions" or "all")
        {
            await Filters(customers, what != "questions");
        }
        if (what is "merges" or "all")
        {
            await Merges(customers);
        }
        if (what is "adjusted" or "all")
        {
            Adjusted(customers);
        }
        if (what is "sent" or "all")
        {
            Sent(customers);
        }
        if (what is "apply" or "all")
        {
            Apply(customers);
        }
        if (what is "engine" or "all")
        {
            await Engine(customers);
        }
        if (what is "scores" or "all")
        {
            await Scores(customers);
        }
        if (what is "checkpoint" or "all")
        {
            await Checkpoint(customers);
        }
        if (what is "restart" or "all")
        {
            await Restart(customers, millions: args.Length > 2 ? Number(args[2]) : 10);
        }
    }

    private static int Number(string text) => int.Parse(text, CultureInfo.InvariantCulture);

    private static void Population(int customers)
    {
        var workload = new Workload(customers);
        var before = GC.GetTotalMemory(forceFullCollection: true) + HugePages.BytesUsed;
        var population = workload.Populate();
        var bytes = GC.GetTotalMemory(forceFullCollection: true) + HugePages.BytesUsed - before;
        Row($"memory at {customers:N0} customers, 8 types", bytes / (double)customers, "bytes/customer");
        var batches = Enumerable.Range(0, 500).Select(_ => workload.Next()).ToList();
        Least(5, "Population.Record", 500 * Workload.BatchSize, () => Workload.Apply(batches, population));
        before = HugePages.BytesUsed;
        population.MakeReadyToTally(Workload.Model);
        Row("  the columns of a model", (HugePages.BytesUsed - before) / (double)customers, "bytes/customer");
        Least(
            5,
            "Population.Record with one model's columns",
            500 * Workload.BatchSize,
            () => Workload.Apply(batches, population)
        );
        Scan(population, workload);
        Read("account of 10,000", () => population.TallyAccount("account-0", Workload.Model, 30, Workload.Now));
    }

    /// <summary>What the weight of one event costs, of which there is one for each half-life, and what it would by <see cref="Math.Pow"/>.</summary>
    private static void Weights()
    {
        const int events = 10_000_000;
        var halfLife = new HalfLife(7);
        var landmark = halfLife.LandmarkAt(Workload.Now);
        var period = TimeSpan.FromDays(halfLife.Days).Ticks;
        var (sum, step) = (0.0, TimeSpan.TicksPerSecond);
        Least(5, "weight of an event", events, () => Sum(ticks => halfLife.WeightAt(new Instant(ticks), landmark)));
        Least(5, "  by Math.Pow", events, () => Sum(ticks => Math.Pow(2, (double)(ticks % period) / period)));
        GC.KeepAlive(sum);

        void Sum(Func<long, double> weight)
        {
            for (var i = 0; i < events; i++)
            {
                sum += weight(Workload.Now.Ticks - (i * step));
            }
        }
    }

    /// <summary>What attributes take beside the customers: few values, one of each customer's own, and one customer's that keeps changing.</summary>
    private static void Attributes(int customers)
    {
        const int changes = 300_000;
        var workload = new Workload(customers);
        var population = workload.Populate();
        Upsert("three attributes of few values", customers, workload.Attributes());
        Upsert("  an attribute of 36 bytes of the customer's own", customers, OfTheirOwn(36, customers, i => i));
        Upsert("  all of these changed", customers, OfTheirOwn(36, customers, i => i + customers));
        var unknown = Filter.Parse($"of-36 = \"{new string('0', 37)}\"");
        Read("hints for a filter on it that matches nobody", () => FilterHints.Find(unknown, [population]));
        Upsert("  300,000 values of 248 bytes of one customer", 1, OfTheirOwn(248, changes, _ => 0));

        void Upsert(string what, int of, IEnumerable<CustomerUpdate> updates)
        {
            var before = GC.GetTotalMemory(forceFullCollection: true) + HugePages.BytesUsed;
            var (upserted, processor) = (0, ProcessorTime);
            foreach (var update in updates)
            {
                population.Upsert(update, default, 0, out _);
                upserted++;
            }
            var elapsed = ProcessorTime - processor;
            var bytes = GC.GetTotalMemory(forceFullCollection: true) + HugePages.BytesUsed - before;
            Row(what, bytes / (double)of, "bytes/customer");
            Row("  processor time, update made too", elapsed.TotalNanoseconds / upserted, "ns/upsert");
        }

        static IEnumerable<CustomerUpdate> OfTheirOwn(int length, int count, Func<int, int> customer) =>
            Enumerable
                .Range(0, count)
                .Select(i => new CustomerUpdate(
                    $"customer-{customer(i) % count:D8}",
                    "",
                    [new($"of-{length}", $"{customer(i) + i}".PadLeft(length, '0'))]
                ));
    }

    private static void Scan(Population population, Workload workload)
    {
        foreach (var update in workload.Attributes())
        {
            population.Upsert(update, default, 0, out _);
        }
        Read("tally and summary of everyone, all statistics", () => Statistics(population, Everything));
        var plain = Everything with { EventTotals = false };
        Read("the same without event totals", () => Statistics(population, plain));
        var filtered = Everything with { Filter = Filter.Parse(Workload.ThreeClauses) };
        Read("the same with a three-clause filter", () => Statistics(population, filtered));
    }

    /// <summary>What manual adjustments of one customer in a hundred take, and cost a scan.</summary>
    private static void Adjusted(int customers)
    {
        var population = new Workload(customers).Populate();
        Read("tally and summary of everyone, nobody adjusted", () => Statistics(population, Everything));
        var before = GC.GetTotalMemory(forceFullCollection: true);
        for (var row = 0; row < customers; row += 100)
        {
            var adjustment = new ScoreAdjustment(
                $"{Workload.Model.Name}",
                AdjustmentKind.Add,
                row % 30,
                $"Renewed for {row} months.",
                $"key k{row} (Ada)",
                Workload.Now,
                Workload.Now + TimeSpan.FromDays(90)
            );
            _ = population.Adjust(row, adjustment.Model, adjustment, Workload.Now);
        }
        var bytes = GC.GetTotalMemory(forceFullCollection: true) - before;
        Row("  an adjustment, texts of some 60 characters too", bytes / (customers / 100.0), "bytes");
        Read("the same, one in a hundred adjusted", () => Statistics(population, Everything));
    }

    /// <summary>What it takes to merge customers one by one and many at a time, and what is left of them.</summary>
    private static async Task Merges(int customers)
    {
        const int Together = 100;
        var directory = Directory.CreateTempSubdirectory("scoring-bench-").FullName;
        try
        {
            await using var engine = await ScoringEngine.OpenAsync(OptionsFor(directory));
            await Fill(engine, new Workload(customers));
            var clock = Stopwatch.StartNew();
            for (var i = 0; i < Together; i++)
            {
                await engine.MergeCustomersAsync("", IdOf(i), [IdOf(Together + i)], default);
            }
            Row("a merge of two customers", clock.Elapsed.TotalMilliseconds / Together, "ms");
            clock.Restart();
            for (var i = 0; i < Together; i++)
            {
                var merged = Enumerable.Range((2 + i) * Together, Together).Select(IdOf);
                await engine.MergeCustomersAsync("", $"survivor-{i}", [.. merged], default);
            }
            Row("  of 100 at a time, each", clock.Elapsed.TotalMilliseconds / Together / Together, "ms");
        }
        finally
        {
            Directory.Delete(directory, recursive: true);
        }
        var before = GC.GetTotalMemory(forceFullCollection: true) + HugePages.BytesUsed;
        var population = new Population(Workload.Settings);
        for (var i = 0; i < customers; i++)
        {
            population.BeginMerge(population.UpsertAgain(new CustomerUpdate(IdOf(i), "", []), Workload.Now), IdOf(i));
            population.EndMerge(population.FindId(Encoding.UTF8.GetBytes(IdOf(i))));
        }
        var bytes = GC.GetTotalMemory(forceFullCollection: true) + HugePages.BytesUsed - before;
        Row("  an id that was merged", bytes / (double)customers, "bytes");
        GC.KeepAlive(population);

        static string IdOf(int customer) => $"customer-{customer:D8}";
    }

    /// <summary>What it takes to sum up at one of three servers what all of them have, one after the other: a third of the customers each.</summary>
    private static void Sent(int customers)
    {
        Population[] servers = [.. Enumerable.Range(0, 3).Select(_ => new Workload(customers / 3).Populate())];
        Read("three servers: tallies, not sent", () => Summarize(servers.Select(Tally)));
        foreach (var (what, mostScores) in (ReadOnlySpan<(string, int)>)[("few", 2_048), ("all", int.MaxValue)])
        {
            var bytes = 0L;
            Read(
                $"  two of them sent with {what} scores",
                () => Summarize(servers.Select((p, i) => i == 0 ? Tally(p) : Send(p)))
            );
            Row("  bytes of one", bytes, "bytes");

            SegmentTally Send(Population population)
            {
                var sent = new ArrayBufferWriter<byte>();
                SegmentTally.Write([Tally(population)], Everything, Workload.Model, mostScores, sent);
                bytes = sent.WrittenCount;
                return SegmentTally.Read(sent.WrittenSpan, Everything);
            }
        }

        static SegmentTally Tally(Population population) => population.Tally(Everything, Workload.Model, Workload.Now);

        static SegmentStatistics Summarize(IEnumerable<SegmentTally> tallies) =>
            SegmentTally.Summarize([.. tallies], Everything, Workload.Model, Workload.Now);
    }

    /// <summary>What the partitions of a store cost that take in batches as the engine divides them: each gets what a group commit has for it.</summary>
    private static void Apply(int customers)
    {
        var workload = new Workload(customers);
        var hash = new PartitionHash(Workload.Settings.Name, Partitions);
        var workspace = new EngineWorkspace(0, Workload.Settings, hash);
        var bounds = WindowBounds.Of(new EngineOptions { DataDirectory = "." }, Partitions);
        Partition[] applied =
        [
            .. Enumerable
                .Range(0, Partitions)
                .Select(i => new Partition(i, [new WorkspaceShare(0, Workload.Settings)], bounds)),
        ];
        var (resident, processor) = (ResidentBytes, ProcessorTime);
        foreach (var group in workload.EveryType().Chunk(BatchesOfGroup))
        {
            Apply(applied, Divide(group, workspace));
        }
        Row(
            "apply: one event of every type",
            (ProcessorTime - processor).TotalNanoseconds / (8.0 * customers),
            "ns/event, made and divided too"
        );
        Row("  resident memory, window included", (ResidentBytes - resident) / (double)customers, "bytes/customer");
        Steady(applied, workspace, workload, "apply: steady");
        foreach (var partition in applied)
        {
            _ = partition.Shares[0].Population.Tally(Everything, Workload.Model, Workload.Now);
        }
        Steady(applied, workspace, workload, "apply: steady, one model's columns kept");
    }

    private static void Steady(Partition[] applied, EngineWorkspace workspace, Workload workload, string what)
    {
        for (var round = 0; round < 3; round++)
        {
            List<BlobWriter[]> groups =
            [
                .. Enumerable
                    .Range(0, 1_000)
                    .Select(_ => workload.Next())
                    .Chunk(BatchesOfGroup)
                    .Select(batches => Divide(batches, workspace)),
            ];
            var (processor, allocated) = (ProcessorTime, GC.GetTotalAllocatedBytes());
            groups.ForEach(entries => Apply(applied, entries));
            const double events = 1_000.0 * Workload.BatchSize;
            Row(what, (ProcessorTime - processor).TotalNanoseconds / events, "ns/event");
            Row("  allocated", (GC.GetTotalAllocatedBytes() - allocated) / events, "bytes/event");
        }
    }

    /// <summary>The entries of all partitions for some batches, of each of which an entry has one command.</summary>
    private static BlobWriter[] Divide(EventBatch[] batches, EngineWorkspace workspace)
    {
        BlobWriter[] entries = [.. Enumerable.Range(0, Partitions).Select(_ => new BlobWriter())];
        foreach (var batch in batches)
        {
            foreach (var part in BatchSplitter.Split(batch, workspace, Partitions))
            {
                var command = new Command
                {
                    Kind = CommandKind.RecordEvents,
                    Workspace = 0,
                    ReceivedAt = Workload.Now,
                    Payload = part.Payload.Written,
                };
                _ = command.Write(entries[part.Partition].Fixed(Command.HeaderBytes + command.Payload.Length));
                part.Payload.Dispose();
            }
            batch.Dispose();
        }
        return entries;
    }

    private static void Apply(Partition[] applied, BlobWriter[] entries)
    {
        foreach (var partition in applied)
        {
            using var entry = entries[partition.Index];
            partition.Apply(partition.AppliedEntry + 1, entry.Written, []);
        }
    }

    private static long ResidentBytes
    {
        get
        {
            GC.Collect();
            return Environment.WorkingSet;
        }
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
            var options = OptionsFor(directory);
            var workload = new Workload(customers);
            await using (var engine = await ScoringEngine.OpenAsync(options))
            {
                await Fill(engine, workload);
                // Files of the journal are used again from here on, as they are when an engine has run for a while.
                await engine.CheckpointAsync();
                for (var round = 0; round < 3; round++)
                {
                    await Record(engine, [.. Enumerable.Range(0, 1_000).Select(_ => workload.Next())]);
                }
                Read("engine: statistics of everyone", () => engine.GetSegmentStatisticsAsync(Everything, default));
                var filtered = Everything with { Filter = Filter.Parse(Workload.ThreeClauses) };
                Read("engine: three-clause filter", () => engine.GetSegmentStatisticsAsync(filtered, default));
                var account = new AccountHealthQuery("", "account-0", 30, "", null);
                Read("engine: account of 10,000", () => engine.GetAccountHealthAsync(account, default));
            }
        }
        finally
        {
            Directory.Delete(directory, recursive: true);
        }
    }

    /// <summary>What filters cost beside everyone's statistics, each by what it looks at, and what other questions about segments cost.</summary>
    private static async Task Filters(int customers, bool withFilters)
    {
        var directory = Directory.CreateTempSubdirectory("scoring-bench-").FullName;
        try
        {
            var workload = new Workload(customers);
            await using var engine = await ScoringEngine.OpenAsync(OptionsFor(directory));
            await Fill(engine, workload);
            await Upsert(workload.Attributes());
            // Of some value of which there are many, as names are.
            await Upsert(
                Enumerable
                    .Range(0, customers)
                    .Select(i => new CustomerUpdate($"customer-{i:D8}", "", [new("seats", $"{i % 5_000}")]))
            );
            var accounts = Enumerable
                .Range(0, customers / 10_000)
                .Select(i => new AccountUpdate($"account-{i}", i, []));
            await engine.UpsertAccountsAsync("", [.. accounts], default);
            var plain = Everything with { EventTotals = false };
            string[] filters =
            [
                "",
                Workload.ThreeClauses,
                "country != us OR NOT plan = paid",
                "country IN (de, us) AND persona:mem",
                "seats < 100",
                "account.seats < 50",
                "score < 40",
                "band = \"power_user\"",
                "lifecycle = active",
                "last_event < 14d",
                "first_event < 14d",
                "last_event(purchase) < 14d",
                "active_days(30d) >= 3",
                $"events({Workload.Types[0]}) > 3",
                $"quantity({Workload.Types[0]}, 30d) > 1",
                "momentum > 0",
                "plan = paid AND (country != us OR NOT seats < 5) AND score < 40 AND last_event < 14d",
            ];
            foreach (var filter in withFilters ? filters : [])
            {
                var query = plain with { Filter = Filter.Parse(filter) };
                Read(filter.Length == 0 ? "everyone" : filter, () => engine.GetSegmentStatisticsAsync(query, default));
            }
            Questions(engine);

            async Task Upsert(IEnumerable<CustomerUpdate> updates)
            {
                foreach (var some in updates.Chunk(10_000))
                {
                    await engine.UpsertCustomersAsync("", some, default);
                }
            }
        }
        finally
        {
            Directory.Delete(directory, recursive: true);
        }
    }

    /// <summary>What lists, groups, comparisons and previews cost.</summary>
    private static void Questions(ScoringEngine engine)
    {
        var some = Filter.Parse(Workload.ThreeClauses);
        foreach (var order in Enum.GetValues<CustomerOrder>())
        {
            var list = new CustomerListQuery
            {
                Workspace = "",
                Order = order,
                Falling = true,
            };
            Read($"list everyone by {order}, first 100", () => engine.ListCustomersAsync(list, 100, default));
        }
        var filtered = new CustomerListQuery
        {
            Workspace = "",
            Filter = some,
            Order = CustomerOrder.Score,
            Falling = true,
        };
        Read("  of three clauses, by Score", () => engine.ListCustomersAsync(filtered, 100, default));
        var page = engine.ListCustomersAsync(filtered with { Filter = Filter.Everyone }, 100, default).AsTask().Result;
        Read("  the page after the first", () => engine.GetCustomerPageAsync("", page.Next!, 100, default));
        var accounts = new AccountListQuery { Workspace = "", Order = AccountOrder.Health };
        Read("list accounts by health, first 20", () => engine.ListAccountsAsync(accounts, 20, default));
        var groups = new GroupQuery
        {
            Workspace = "",
            By = ["plan", "country"],
            Most = 20,
        };
        Read("group by plan and country", () => engine.GroupSegmentAsync(groups, default));
        Read("  by seats, of 5,000 values", () => engine.GroupSegmentAsync(groups with { By = ["seats"] }, default));
        SegmentQuery[] ten =
        [
            .. Enumerable
                .Range(0, 10)
                .Select(i =>
                    Everything with
                    {
                        EventTotals = false,
                        Filter = Filter.Parse($"country = us AND score >= {10 * i}"),
                    }
                ),
        ];
        Read("compare ten segments", () => engine.CompareSegmentsAsync(ten, default));
        var preview = new PreviewQuery
        {
            Workspace = "",
            Candidate = Workload.Model with { Version = 0, TargetPoints = 120 },
            Movers = 10,
        };
        Read("preview of a candidate", () => engine.PreviewModelAsync(preview, default));
        var ofSegments = preview with { Segments = [.. ten.Select(query => query.Filter)] };
        Read("  and of ten segments", () => engine.PreviewModelAsync(ofSegments, default));
    }

    /// <summary>What one score costs, and how long it takes while events arrive at half the rate at which they can be taken.</summary>
    private static async Task Scores(int customers)
    {
        var directory = Directory.CreateTempSubdirectory("scoring-bench-").FullName;
        try
        {
            var workload = new Workload(customers);
            await using var engine = await ScoringEngine.OpenAsync(OptionsFor(directory));
            await Fill(engine, workload);
            Least(20, "engine: one score", 10_000, () => ReadScores(engine, customers, 10_000));
            Latencies("engine: p99 of one score, nothing else", engine, customers, TimeSpan.FromSeconds(4));
            EventBatch[] batches = [.. Enumerable.Range(0, 2_000).Select(_ => workload.Next())];
            var clock = Stopwatch.StartNew();
            await Record(engine, batches);
            var interval = clock.Elapsed * 2 / batches.Length;
            batches = [.. Enumerable.Range(0, 8_000).Select(_ => workload.Next())];
            using var stop = new CancellationTokenSource();
            var writing = Task.Run(() => RecordPaced(engine, batches, interval, stop.Token));
            Latencies("engine: p99 of one score, events at half the most", engine, customers, TimeSpan.FromSeconds(6));
            await stop.CancelAsync();
            await writing;
        }
        finally
        {
            Directory.Delete(directory, recursive: true);
        }
    }

    private static void ReadScores(ScoringEngine engine, int customers, int times)
    {
        var random = new Random(2);
        for (var i = 0; i < times; i++)
        {
            ReadScore(engine, random.Next(customers));
        }
    }

    private static void ReadScore(ScoringEngine engine, int customer) =>
        engine
            .GetScoresAsync(new ScoreQuery("", [$"customer-{customer:D8}"], "", null), default)
            .AsTask()
            .GetAwaiter()
            .GetResult();

    /// <summary>About 2,000 reads a second by four threads that sleep in between.</summary>
    private static void Latencies(string what, ScoringEngine engine, int customers, TimeSpan time)
    {
        var latencies = new ConcurrentBag<double>();
        var until = Stopwatch.GetTimestamp() + (long)(time.TotalSeconds * Stopwatch.Frequency);
        var threads = Enumerable.Range(0, 4).Select(i => new Thread(() => ReadUntil(i))).ToList();
        threads.ForEach(thread => thread.Start());
        threads.ForEach(thread => thread.Join());
        double[] sorted = [.. latencies.Order()];
        Row(what, sorted[(int)(sorted.Length * 0.99)], "ms");
        Row("  median", sorted[sorted.Length / 2], "ms");
        Row("  p99.9", sorted[(int)(sorted.Length * 0.999)], "ms");

        void ReadUntil(int seed)
        {
            var random = new Random(seed);
            while (Stopwatch.GetTimestamp() < until)
            {
                Thread.Sleep(random.Next(1, 4));
                var started = Stopwatch.GetTimestamp();
                ReadScore(engine, random.Next(customers));
                latencies.Add(Stopwatch.GetElapsedTime(started).TotalMilliseconds);
            }
        }
    }

    private static async Task RecordPaced(
        ScoringEngine engine,
        EventBatch[] batches,
        TimeSpan interval,
        CancellationToken stop
    )
    {
        var clock = Stopwatch.StartNew();
        var calls = new List<Task>();
        for (var i = 0; i < batches.Length && !stop.IsCancellationRequested; i++)
        {
            for (; clock.Elapsed < interval * i; await Task.Delay(1, CancellationToken.None)) { }
            calls.Add(engine.RecordAsync(batches[i], CancellationToken.None).AsTask());
        }
        await Task.WhenAll(calls);
    }

    /// <summary>How long a start takes behind a checkpoint of all customers and so many millions of events after it.</summary>
    private static async Task Restart(int customers, int millions)
    {
        var directory = Directory.CreateTempSubdirectory("scoring-bench-").FullName;
        try
        {
            var options = OptionsFor(directory);
            var workload = new Workload(customers);
            await using (var engine = await ScoringEngine.OpenAsync(options))
            {
                await Fill(engine, workload);
                await Timed("checkpoint of everyone", () => engine.CheckpointAsync());
                for (var i = 0; i < millions; i++)
                {
                    await Record(engine, [.. Enumerable.Range(0, 1_000).Select(_ => workload.Next())]);
                }
                CopyStore(directory);
            }
            var copy = options with { DataDirectory = Path.Combine(directory, "copy") };
            var (clock, processor) = (Stopwatch.StartNew(), ProcessorTime);
            await using (var engine = await ScoringEngine.OpenAsync(copy))
            {
                Row($"start with {millions} M events to replay", clock.Elapsed.TotalMilliseconds, "ms");
                Row("  of processor time", (ProcessorTime - processor).TotalMilliseconds, "ms");
            }
        }
        finally
        {
            Directory.Delete(directory, recursive: true);
        }
    }

    /// <summary>Makes a store for <see cref="Start"/>: a checkpoint of all customers, and so many millions of events after it.</summary>
    private static async Task MakeStore(string directory, int customers, int millions)
    {
        Directory.CreateDirectory(directory);
        var workload = new Workload(customers);
        var engine = await ScoringEngine.OpenAsync(OptionsFor(directory));
        await Fill(engine, workload);
        var processor = ProcessorTime;
        await Timed("checkpoint of everyone", () => engine.CheckpointAsync());
        Row("  of processor time", (ProcessorTime - processor).TotalMilliseconds, "ms");
        for (var i = 0; i < millions; i++)
        {
            await Record(engine, [.. Enumerable.Range(0, 1_000).Select(_ => workload.Next())]);
        }
        Environment.Exit(0);
    }

    /// <summary>A start behind a crash, of a store that stays as it is, so that it can be repeated under a profiler.</summary>
    private static async Task Start(string directory)
    {
        var (clock, processor) = (Stopwatch.StartNew(), ProcessorTime);
        _ = await ScoringEngine.OpenAsync(OptionsFor(directory));
        Row($"start of {directory}", clock.Elapsed.TotalMilliseconds, "ms");
        Row("  of processor time", (ProcessorTime - processor).TotalMilliseconds, "ms");
        Environment.Exit(0);
    }

    /// <summary>Latencies of batches of 100 under a steady load, without a checkpoint and during one.</summary>
    private static async Task Checkpoint(int customers)
    {
        var directory = Directory.CreateTempSubdirectory("scoring-bench-").FullName;
        try
        {
            var workload = new Workload(customers);
            await using var engine = await ScoringEngine.OpenAsync(OptionsFor(directory));
            await Fill(engine, workload);
            var batches = Enumerable.Range(0, 4_000).Select(_ => workload.Next(100)).ToArray();
            await Latencies("p99 of a batch of 100, no checkpoint", engine, batches, until: Task.Delay(4_000));
            var checkpoint = engine.CheckpointAsync();
            await Latencies("p99 of a batch of 100 during a checkpoint", engine, batches, until: checkpoint);
            await Latencies("p99 of a batch of 100, no checkpoint", engine, batches, until: Task.Delay(4_000));
        }
        finally
        {
            Directory.Delete(directory, recursive: true);
        }
    }

    private static async Task Latencies(string what, ScoringEngine engine, EventBatch[] batches, Task until)
    {
        var latencies = new ConcurrentBag<double>();
        var next = 0;
        var clock = Stopwatch.StartNew();
        await Task.WhenAll(
            Enumerable
                .Range(0, 8)
                .Select(_ =>
                    Task.Run(async () =>
                    {
                        while (!until.IsCompleted)
                        {
                            var batch = batches[Interlocked.Increment(ref next) % batches.Length];
                            var started = Stopwatch.GetTimestamp();
                            await engine.RecordAsync(batch, default);
                            latencies.Add(Stopwatch.GetElapsedTime(started).TotalMilliseconds);
                        }
                    })
                )
        );
        double[] sorted = [.. latencies.Order()];
        Row(what, sorted[(int)(sorted.Length * 0.99)], "ms");
        Row("  median", sorted[sorted.Length / 2], "ms");
        Row("  batches", sorted.Length / clock.Elapsed.TotalSeconds, "per second");
    }

    private static EngineOptions OptionsFor(string directory) =>
        new()
        {
            DataDirectory = directory,
            Partitions = Environment.GetEnvironmentVariable("PARTITIONS") is { } p
                ? int.Parse(p, CultureInfo.InvariantCulture)
                : null,
            Models = [new ModelSource("", Workload.Model with { Version = 0 }, "1")],
            CheckpointBytes = 1L << 40,
            CheckpointInterval = TimeSpan.FromDays(1),
        };

    private static void CopyStore(string directory)
    {
        Directory.CreateDirectory(Path.Combine(directory, "copy"));
        foreach (var file in Directory.EnumerateFiles(directory, "scoring*"))
        {
            if (Path.GetExtension(file) is not ".lock" and not ".db-shm")
            {
                File.Copy(file, Path.Combine(directory, "copy", Path.GetFileName(file)));
            }
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

    private static TimeSpan ProcessorTime => Environment.CpuUsage.TotalTime;

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

    private static void Read<T>(string what, Func<ValueTask<T>> read) => Read(what, () => read().AsTask().Result);

    /// <summary>100 times, or as often as there is time for.</summary>
    private static void Read<T>(string what, Func<T> read)
    {
        var (times, leastProcessor) = (new List<double>(), TimeSpan.MaxValue);
        var began = Stopwatch.GetTimestamp();
        while (times.Count < 10 || (times.Count < 100 && Stopwatch.GetElapsedTime(began) < TimeSpan.FromSeconds(10)))
        {
            var (started, processor) = (Stopwatch.GetTimestamp(), ProcessorTime);
            _ = read();
            times.Add(Stopwatch.GetElapsedTime(started).TotalMilliseconds);
            var processorTime = ProcessorTime - processor;
            leastProcessor = processorTime < leastProcessor ? processorTime : leastProcessor;
        }
        times.Sort();
        Row(what, times[0], "ms");
        Row("  median", times[times.Count / 2], "ms");
        Row("  of processor time, over all threads", leastProcessor.TotalMilliseconds, "ms");
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
