using Microsoft.Extensions.Time.Testing;
using Scoring.Core.Names;
using Scoring.Engine.Archive;
using Scoring.Engine.Storage;
using Scoring.Engine.Tests.Hosting;

namespace Scoring.Engine.Tests.Archive;

/// <summary>A store in memory, and what it takes to write files of the archive into it and to read them.</summary>
internal sealed class ArchiveBench
{
    public const int Partition = 3;
    private readonly SharedStore _shared = new(new FakeTimeProvider());
    private long _number;

    public ArchiveBench(long identity = 77)
    {
        Store = _shared.Connect();
        Store.Make(identity, _ => { });
    }

    /// <summary>How many blobs were ever begun.</summary>
    public int BlobsBegun => _shared.BlobsBegun.Count;

    public SharedStore.Connection Store { get; }

    /// <summary>Writes customers into the next file.</summary>
    public ArchiveFile Write(IEnumerable<Records> customers, bool compress = false, IArchiveNames? names = null)
    {
        using var writer = NewWriter(compress);
        foreach (var customer in customers)
        {
            writer.Add(customer.Row, customer.Events, customer.Changes, names ?? new TestNames());
        }
        return writer.Complete(workspace: 2, level: 1, afterEntry: 10 * _number, lastEntry: 10 * (_number + 1))!;
    }

    public ArchiveWriter NewWriter(bool compress = false) => new(Store, Partition, ++_number, compress);

    public ArchiveReader Open(ArchiveFile file) =>
        new(Store, Partition, file, ArchiveIndex.Read(Store, Partition, file));

    /// <summary>Merges files into the next one, in steps.</summary>
    public ArchiveFile? Merge(
        IEnumerable<ArchiveFile> files,
        Func<int, int, bool>? isLeftOut = null,
        Func<int, string, bool>? isRemoved = null,
        bool compress = false,
        bool copies = true
    )
    {
        List<ArchiveReader> inputs = [.. files.Select(Open)];
        using var writer = NewWriter(compress);
        var merge = new ArchiveMerge(
            inputs,
            writer,
            isLeftOut ?? ((_, _) => false),
            [.. inputs.Select((input, i) => RemovalOf(input.Index, name => isRemoved?.Invoke(i, name) == true))],
            copies
        );
        while (merge.Step()) { }
        return merge.Complete(level: 2);
    }

    private static Removal RemovalOf(ArchiveIndex index, Func<string, bool> isRemoved) =>
        new(
            index
                .EventTypes.Where(isRemoved)
                .Select(name => new KnownName(NameKind.EventType, name))
                .Concat(index.Features.Where(isRemoved).Select(name => new KnownName(NameKind.Feature, name))),
            []
        );

    /// <summary>The bytes of a file.</summary>
    public byte[] BytesOf(ArchiveFile file)
    {
        using var blob = Store.OpenBlob(Partition, file.Number);
        var bytes = new byte[blob.Length];
        blob.Read(bytes, 0);
        return bytes;
    }

    /// <summary>Has a file hold other bytes.</summary>
    public void Replace(ArchiveFile file, ReadOnlySpan<byte> bytes) => Put(Store, Partition, file.Number, bytes);

    public static void Put(ICheckpointStore store, int partition, long number, ReadOnlySpan<byte> bytes)
    {
        using var blob = store.CreateBlob(partition, number);
        blob.Append(bytes);
        blob.Complete();
    }

    /// <summary>Every customer of a file.</summary>
    public static List<ToldCustomer> ReadAll(ArchiveReader reader)
    {
        var customers = new List<ToldCustomer>();
        for (var cursor = reader.ReadAll(); cursor.MoveNext(); )
        {
            customers.Add(ToldCustomer.Of(cursor.Row, cursor.Events, cursor.Changes, cursor.Names));
        }
        return customers;
    }
}

/// <summary>What is written of one customer.</summary>
internal sealed record Records(int Row, ArchivedEvent[] Events, ArchivedChange[] Changes);

/// <summary>Names under numbers that differ from file to file.</summary>
internal sealed class TestNames(int shift = 0) : IArchiveNames
{
    public static readonly string[] Types = ["login", "", "purchase", new('t', 1_000), "ünïcode → 𝄞", "f1"];
    public static readonly string[] Features = ["export", "", "f1", new('f', 300), "share"];
    public static readonly string[] Accounts = ["acme", "", new('a', 256), "globex", "initech", "hooli", "umbrella"];

    public string EventType(int number) => Types[(number + shift) % Types.Length];

    public string Feature(int number) => Features[(number + shift) % Features.Length];

    public string Account(int number) => Accounts[(number + shift) % Accounts.Length];
}

/// <summary>What a file tells of one customer: names instead of numbers, values as bits.</summary>
internal sealed record ToldCustomer(int Row, IReadOnlyList<ToldEvent> Events, IReadOnlyList<ToldChange> Changes)
{
    public static ToldCustomer Of(
        int row,
        ReadOnlySpan<ArchivedEvent> events,
        ReadOnlySpan<ArchivedChange> changes,
        IArchiveNames names
    ) =>
        new(
            row,
            [.. events.ToArray().Select(item => ToldEvent.Of(item, names))],
            [.. changes.ToArray().Select(change => ToldChange.Of(row, change))]
        );

    /// <summary>Its events as they stand in a file that numbers types so.</summary>
    public ToldCustomer InOrder(IReadOnlyList<string> types) =>
        this with
        {
            Events =
            [
                .. Events
                    .OrderBy(item => Enumerable.Range(0, types.Count).First(i => types[i] == item.Type))
                    .ThenBy(item => item.Occurred),
            ],
        };

    /// <summary>Fails unless customers are the same, and says which event or change is not.</summary>
    public static void AssertSame(IReadOnlyList<ToldCustomer> expected, IReadOnlyList<ToldCustomer> actual)
    {
        Assert.Equal(expected.SelectMany(told => told.Events), actual.SelectMany(told => told.Events));
        Assert.Equal(expected.SelectMany(told => told.Changes), actual.SelectMany(told => told.Changes));
        Assert.Equal(expected, actual);
    }

    public bool Equals(ToldCustomer? other) =>
        other is not null
        && other.Row == Row
        && other.Events.SequenceEqual(Events)
        && other.Changes.SequenceEqual(Changes);

    public override int GetHashCode() => Row;
}

internal readonly record struct ToldEvent(
    int Row,
    string Type,
    string? Feature,
    string? Account,
    long Occurred,
    long Received,
    long Value
)
{
    public static ToldEvent Of(ArchivedEvent item, IArchiveNames names) =>
        new(
            item.Row,
            names.EventType(item.Type),
            item.Feature < 0 ? null : names.Feature(item.Feature),
            item.Account < 0 ? null : names.Account(item.Account),
            item.OccurredAt.Ticks,
            item.ReceivedSecond,
            BitConverter.DoubleToInt64Bits(item.Value)
        );
}

internal readonly record struct ToldChange(int Row, byte Kind, long Received, string Content)
{
    public static ToldChange Of(int row, ArchivedChange change)
    {
        Assert.Equal(row, change.Row);
        return new(row, (byte)change.Kind, change.ReceivedAt.Ticks, Convert.ToHexString(change.Content.Span));
    }
}
