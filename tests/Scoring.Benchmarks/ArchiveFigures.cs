using System.Globalization;
using Scoring.Engine.Archive;
using Scoring.Engine.Files;
using Scoring.Engine.Storage;

namespace Scoring.Benchmarks;

/// <summary>What files of the archive take, and what it costs to write, read and merge them, in processor time.</summary>
internal static class ArchiveFigures
{
    private const int Rounds = 7;
    private const int Finds = 2_000;

    public static void Print()
    {
        var directory = Directory.CreateTempSubdirectory("scoring-bench-").FullName;
        try
        {
            var store = new FileCheckpointStore(directory, identity: 1, probe: null, held: null, isMaking: false);
            var plain = new ArchiveTraffic().Make(withAccounts: false);
            var withAccounts = new ArchiveTraffic().Make(withAccounts: true);
            Console.WriteLine($"{plain.Sum(own => own.Length):N0} events");
            Print(store, "a month", plain, compress: true);
            Print(store, "a month, an account on every event", withAccounts, compress: true);
            Print(store, "a month, not compressed", plain, compress: false);
            var day = ArchiveTraffic.OfDay(plain, 12);
            Print(store, "a day", day, compress: true);
            Print(store, "a day, an account on every event", ArchiveTraffic.OfDay(withAccounts, 12), compress: true);
            Print(store, "a day, not compressed", day, compress: false);
            PrintMerges(store, plain);
        }
        finally
        {
            Directory.Delete(directory, recursive: true);
        }
    }

    private static void Print(
        ICheckpointStore store,
        string what,
        IReadOnlyList<ArchivedEvent[]> customers,
        bool compress
    )
    {
        ArchiveFile file = null!;
        var writing = Least(() => file = Write(store, number: 1, customers, compress));
        var index = ArchiveIndex.Read(store, 0, file);
        using var reader = new ArchiveReader(store, 0, file, index);
        var (sum, allocated) = (0.0, 0L);
        var reading = Least(() =>
        {
            var before = GC.GetAllocatedBytesForCurrentThread();
            for (var cursor = reader.ReadAll(); cursor.MoveNext(); )
            {
                foreach (ref readonly var item in cursor.Events)
                {
                    sum += item.Value;
                }
            }
            allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        });
        var random = new Random(3);
        var rows = new int[Finds];
        for (var i = 0; i < Finds; )
        {
            rows[i] = random.Next(customers.Count);
            i += index.Contains(rows[i]) ? 1 : 0;
        }
        var finding = Least(() =>
        {
            foreach (var row in rows)
            {
                _ = reader.Find(row);
            }
        });
        var opening = Least(() =>
        {
            foreach (var row in rows)
            {
                using var opened = new ArchiveReader(store, 0, file, index);
                _ = opened.Find(row);
            }
        });
        Console.WriteLine(what);
        Row("bytes", (double)file.Bytes / file.Events, "bytes/event");
        Row("  of the index", (double)(file.Bytes - file.IndexAt) / file.Events, "bytes/event");
        Row("  chunks", index.Chunks, "");
        Row("  index in memory", index.MemoryBytes / 1024.0, "KiB");
        Row("write", writing / file.Events, "ns/event");
        Row("read all", file.Events / reading * 1_000, "M events/s");
        Row("  allocated", (double)allocated / file.Events, "bytes/event");
        Row("find one customer", finding / Finds / 1_000, "us");
        Row("  the file opened for it", opening / Finds / 1_000, "us");
        GC.KeepAlive(sum);
    }

    /// <summary>Day files into one of the month, and a deletion of one customer in a thousand from that.</summary>
    private static void PrintMerges(ICheckpointStore store, IReadOnlyList<ArchivedEvent[]> month)
    {
        var days = new List<ArchiveReader>();
        for (var day = 0; day < ArchiveTraffic.Days; day++)
        {
            days.Add(Open(store, Write(store, 10 + day, ArchiveTraffic.OfDay(month, day), compress: true)));
        }
        ArchiveFile file = null!;
        Console.WriteLine("merge");
        var merging = Least(() => file = Merge(store, days, number: 2, (_, _) => false));
        Row("the days of a month", merging / file.Events, "ns/event");
        Row("  bytes", (double)file.Bytes / file.Events, "bytes/event");
        days.ForEach(reader => reader.Dispose());
        using var merged = Open(store, file);
        ArchiveFile rest = null!;
        var copying = Least(() => rest = Merge(store, [merged], number: 3, (_, row) => row % 1_000 == 1));
        Row("one customer in a thousand left out", copying / rest.Events, "ns/event");
    }

    private static ArchiveFile Merge(
        ICheckpointStore store,
        IReadOnlyList<ArchiveReader> inputs,
        long number,
        Func<int, int, bool> isLeftOut
    )
    {
        using var writer = new ArchiveWriter(store, 0, number, compress: true);
        var merge = new ArchiveMerge(inputs, writer, isLeftOut, [.. inputs.Select(_ => Removal.None)]);
        while (merge.Step()) { }
        return merge.Complete(level: 2)!;
    }

    private static ArchiveReader Open(ICheckpointStore store, ArchiveFile file) =>
        new(store, 0, file, ArchiveIndex.Read(store, 0, file));

    private static ArchiveFile Write(
        ICheckpointStore store,
        long number,
        IReadOnlyList<ArchivedEvent[]> customers,
        bool compress
    )
    {
        using var writer = new ArchiveWriter(store, 0, number, compress);
        var names = new ArchiveTraffic();
        for (var row = 0; row < customers.Count; row++)
        {
            writer.Add(row, customers[row], [], names);
        }
        return writer.Complete(workspace: 0, level: 1, afterEntry: 0, lastEntry: 1)!;
    }

    /// <summary>Nanoseconds of processor time.</summary>
    private static double Least(Action action)
    {
        var least = double.MaxValue;
        for (var round = 0; round < Rounds; round++)
        {
            var before = Environment.CpuUsage.TotalTime;
            action();
            least = Math.Min(least, (Environment.CpuUsage.TotalTime - before).TotalNanoseconds);
        }
        return least;
    }

    private static void Row(string what, double figure, string unit) =>
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  {what, -40} {figure, 10:N2} {unit}"));
}
