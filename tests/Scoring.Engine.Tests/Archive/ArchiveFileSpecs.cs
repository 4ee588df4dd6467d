using FsCheck;
using FsCheck.Fluent;
using Scoring.Core.History;
using Scoring.Core.Time;
using Scoring.Engine.Archive;
using Scoring.Engine.Storage;

namespace Scoring.Engine.Tests.Archive;

public sealed class ArchiveFileSpecs
{
    private static readonly Gen<(Records[] Customers, bool Compress)> AnyFile =
        from customers in AnyRecords.Customers(AnyRecords.AnySteps)
        from compress in Gen.Elements(false, true)
        select (customers, compress);

    [Fact]
    public void What_is_read_is_what_was_written_by_type_and_time() =>
        Check.One(
            Config.QuickThrowOnFailure.WithMaxTest(60),
            Prop.ForAll(
                Arb.From(AnyFile),
                drawn =>
                {
                    var bench = new ArchiveBench();
                    if (Written(drawn.Customers) is not { Count: > 0 } written)
                    {
                        return;
                    }
                    var file = bench.Write(drawn.Customers, drawn.Compress);
                    using var reader = bench.Open(file);

                    ToldCustomer.AssertSame(
                        written.ConvertAll(told => told.InOrder(reader.Index.EventTypes)),
                        ArchiveBench.ReadAll(reader)
                    );
                    Assert.Equal(written.Sum(told => told.Events.Count), file.Events);
                    Assert.Equal(written.Sum(told => told.Changes.Count), file.Changes);
                    AssertReceipts(file, drawn.Customers);
                }
            )
        );

    [Fact]
    public void What_is_found_of_a_customer_is_what_all_of_the_file_tells_of_it() =>
        Check.One(
            Config.QuickThrowOnFailure.WithMaxTest(40),
            Prop.ForAll(
                Arb.From(AnyFile),
                drawn =>
                {
                    var bench = new ArchiveBench();
                    if (Written(drawn.Customers).Count == 0)
                    {
                        return;
                    }
                    using var reader = bench.Open(bench.Write(drawn.Customers, drawn.Compress));
                    var all = ArchiveBench.ReadAll(reader).ToDictionary(told => told.Row);

                    foreach (var row in drawn.Customers.SelectMany(customer => Around(customer.Row)).Distinct())
                    {
                        Assert.Equal(all.GetValueOrDefault(row), Told(reader.Find(row)));
                        Assert.Equal(all.ContainsKey(row), reader.Index.Contains(row));
                    }
                }
            )
        );

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_customer_of_many_events_and_changes_is_divided_and_read_as_one(bool compress)
    {
        var bench = new ArchiveBench();
        Records[] customers =
        [
            Customer(4, events: 10, changes: 1),
            Customer(5, events: 30_001, changes: 9_000),
            Customer(6, events: 3, changes: 0),
            Customer(7, events: 0, changes: 20_000),
            Customer(9, events: 4_001, changes: 0),
            Customer(12, events: 0, changes: 1),
        ];

        using var reader = bench.Open(bench.Write(customers, compress));

        var types = reader.Index.EventTypes;
        ToldCustomer.AssertSame(
            Written(customers).ConvertAll(told => told.InOrder(types)),
            ArchiveBench.ReadAll(reader)
        );
        Assert.All(
            customers,
            customer => Assert.Equal(Written([customer])[0].InOrder(types), Told(reader.Find(customer.Row)))
        );
        Assert.InRange(
            Enumerable.Range(0, reader.Index.Chunks).Max(chunk => reader.Index[chunk].Events),
            ChunkBounds.FullEvents,
            ChunkBounds.MostEvents
        );
        Assert.Null(reader.Find(8));
    }

    [Fact]
    public void Of_some_rows_what_is_read_is_theirs() =>
        Check.One(
            Config.QuickThrowOnFailure.WithMaxTest(40),
            Prop.ForAll(
                Arb.From(AnyFile.SelectMany(file => Gen.Choose(0, 1_000), (file, seed) => (file, seed))),
                drawn =>
                {
                    var bench = new ArchiveBench();
                    Records[] customers =
                    [
                        Customer(4, events: 10, changes: 1),
                        Customer(5, events: 30_001, changes: 0),
                        Customer(6, events: 3, changes: 9_000),
                        Customer(9, events: 5_001, changes: 0),
                        .. drawn.file.Customers.Select(of => of with { Row = of.Row + 10 }),
                    ];
                    using var reader = bench.Open(bench.Write(customers, drawn.file.Compress));
                    var random = new Random(drawn.seed);
                    int[] wanted =
                    [
                        .. customers
                            .SelectMany(of => Around(of.Row))
                            .Where(_ => random.Next(3) == 0)
                            .Distinct()
                            .Order(),
                    ];

                    ToldCustomer.AssertSame(
                        [.. ArchiveBench.ReadAll(reader).Where(told => wanted.Contains(told.Row))],
                        [
                            .. CustomersByRow
                                .Of(
                                    reader,
                                    row =>
                                        Array.Find(wanted, other => other >= row) is var next && next >= row ? next : -1
                                )
                                .Select(found => Told(found)!),
                        ]
                    );
                }
            )
        );

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_change_may_be_longer_than_a_chunk_is_otherwise(bool compress)
    {
        var bench = new ArchiveBench();
        var long1 = Change(1, 3_000_000);
        Records[] customers = [new(1, [], [Change(1, 5), long1, Change(1, 0), long1]), Customer(2, 1, 1)];

        using var reader = bench.Open(bench.Write(customers, compress));

        ToldCustomer.AssertSame(Written(customers), ArchiveBench.ReadAll(reader));
        Assert.Equal(3_000_000, reader.Find(1)!.Changes[3].Content.Length);
    }

    [Fact]
    public void Nothing_is_read_of_a_file_for_a_customer_that_is_not_in_it()
    {
        var bench = new ArchiveBench();
        var file = bench.Write([Customer(3, 5, 1), Customer(900, 5, 1)]);
        using var reader = bench.Open(file);
        bench.Store.DropBlob(ArchiveBench.Partition, file.Number);

        Assert.All((int[])[0, 2, 4, 899, 901, int.MaxValue], row => Assert.Null(reader.Find(row)));
        Assert.ThrowsAny<Exception>(() => reader.Find(3));
    }

    [Fact]
    public void Nothing_is_written_where_nothing_was_added()
    {
        var bench = new ArchiveBench();
        using var writer = bench.NewWriter();

        writer.Add(7, [], [], new TestNames());

        Assert.Null(writer.Complete(0, 0, 0, 1));
        Assert.False(writer.HasWritten);
        Assert.Equal(0, bench.BlobsBegun);
    }

    [Fact]
    public void A_writer_can_pause_whenever_there_is_one_more_chunk()
    {
        var bench = new ArchiveBench();
        using var writer = bench.NewWriter();
        var chunks = new List<int>();
        for (var row = 0; row < 1_000; row++)
        {
            writer.Add(row, Customer(row, 10, 0).Events, [], new TestNames());
            chunks.Add(writer.ChunksWritten);
        }

        Assert.Equal(10 * 1_000 / ChunkBounds.FullEvents, chunks[^1]);
        Assert.True(chunks.Zip(chunks.Skip(1), (one, next) => next - one).Max() == 1);
        Assert.True(writer.HasWritten);
    }

    [Fact]
    public void Rows_rise()
    {
        using var writer = new ArchiveBench().NewWriter();
        writer.Add(7, Customer(7, 1, 0).Events, [], new TestNames());

        Assert.Throws<ArgumentOutOfRangeException>(() => writer.Add(7, [], [], new TestNames()));
        Assert.Throws<ArgumentOutOfRangeException>(() => writer.Add(6, [], [], new TestNames()));
    }

    [Fact]
    public void A_file_is_told_of_by_what_the_state_of_its_partition_says()
    {
        var file = new ArchiveBench().Write([Customer(3, 5, 1)], compress: true);

        var reader = new BlobReader(BlobWriter.Encode(file.Write));

        Assert.Equal(file, ArchiveFile.Read(ref reader));
        Assert.True(reader.AtEnd);
        Assert.Equal((2, 1, 10, 20), (file.Workspace, file.Level, file.AfterEntry, file.LastEntry));
    }

    [Fact]
    public void The_coarser_the_times_are_the_less_they_take()
    {
        var bench = new ArchiveBench();
        var random = new Random(1);
        long[] times = [.. Enumerable.Range(0, 2_000).Select(_ => random.NextInt64(TimeSpan.TicksPerDay))];

        var bytes = ((long[])[1, TimeSpan.TicksPerMillisecond, TimeSpan.TicksPerSecond])
            .Select(unit => times.Select(time => Event(1, 0) with { OccurredAt = new(time - (time % unit)) }))
            .Select(events => bench.Write([new(1, [.. events], [])]).Bytes)
            .ToList();

        Assert.All(bytes.Zip(bytes.Skip(1)), pair => Assert.True(pair.Second < pair.First - 500, $"{pair}"));
    }

    private static List<ToldCustomer> Written(IEnumerable<Records> customers) =>
        [
            .. customers
                .Where(customer => customer.Events.Length + customer.Changes.Length > 0)
                .Select(customer => ToldCustomer.Of(customer.Row, customer.Events, customer.Changes, new TestNames())),
        ];

    private static ToldCustomer? Told(ArchivedCustomer? found) =>
        found is null ? null : ToldCustomer.Of(found.Row, found.Events.Span, found.Changes, found.Names);

    private static void AssertReceipts(ArchiveFile file, Records[] customers)
    {
        List<Instant> receipts =
        [
            .. customers.SelectMany(c => c.Events).Select(item => ArchivedEvent.ReceiptAt(item.ReceivedSecond)),
            .. customers.SelectMany(c => c.Changes).Select(change => change.ReceivedAt),
        ];
        Assert.Equal((receipts.Min(), receipts.Max()), (file.FirstReceipt, file.LastReceipt));
    }

    private static IEnumerable<int> Around(int row) =>
        ((long[])[row - 1L, row, row + 1L]).Where(near => near is >= 0 and <= int.MaxValue).Select(near => (int)near);

    private static Records Customer(int row, int events, int changes) =>
        new(
            row,
            [.. Enumerable.Range(0, events).Select(i => Event(row, (i * 7919L) % 100_003))],
            [.. Enumerable.Range(0, changes).Select(i => Change(row, i % 50))]
        );

    private static ArchivedEvent Event(int row, long occurred) =>
        new(
            row,
            (int)(occurred % TestNames.Types.Length),
            (int)(occurred % (TestNames.Features.Length + 1)) - 1,
            (int)(occurred % (TestNames.Accounts.Length + 1)) - 1,
            new(occurred),
            1,
            occurred % 3
        );

    private static ArchivedChange Change(int row, int length) =>
        new(row, ChangeKind.Update, new(length), Enumerable.Range(0, length).Select(i => (byte)i).ToArray());
}
