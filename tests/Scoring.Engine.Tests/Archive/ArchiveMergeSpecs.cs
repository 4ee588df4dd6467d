using System.Text;
using FsCheck;
using FsCheck.Fluent;
using Scoring.Core.History;
using Scoring.Engine.Archive;

namespace Scoring.Engine.Tests.Archive;

public sealed class ArchiveMergeSpecs
{
    private static readonly Gen<Merging> AnyMerging =
        from files in Gen.Choose(1, 4)
        from customers in Gen.ArrayOf(AnyRecords.Customers(Gen.Choose(1, 3)), files)
        from shift in Gen.Choose(0, 5)
        from leftOut in Gen.Frequency((1, Gen.Constant(0)), (2, Gen.Choose(1, 100)))
        from removed in Gen.Frequency((1, Gen.Constant(0)), (1, Gen.Choose(1, 50)))
        from seed in Gen.Choose(0, 1_000)
        from compress in Gen.Elements(false, true)
        select new Merging(customers, shift, leftOut, removed, seed, compress);

    [Fact]
    public void A_merge_is_all_that_stays_of_the_files_sorted_together() =>
        Check.One(
            Config.QuickThrowOnFailure.WithMaxTest(60),
            Prop.ForAll(
                Arb.From(AnyMerging),
                merging =>
                {
                    var bench = new ArchiveBench();
                    List<ArchiveFile> files = [];
                    List<Records[]> inputs = [];
                    foreach (var customers in merging.Customers)
                    {
                        if (customers.Any(customer => customer.Events.Length + customer.Changes.Length > 0))
                        {
                            files.Add(bench.Write(customers, merging.Compress, merging.NamesOf(inputs.Count)));
                            inputs.Add(customers);
                        }
                    }
                    if (files.Count == 0)
                    {
                        return;
                    }

                    var merged = bench.Merge(files, merging.IsLeftOut, merging.IsRemoved, merging.Compress);

                    AssertIs(merging.Expected(inputs), bench, merged, files);
                }
            )
        );

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void A_customer_that_is_divided_is_merged_as_one(int files)
    {
        var bench = new ArchiveBench();
        var large = Enumerable.Range(0, 9_001).Select(i => new ArchivedEvent(4, i % 3, i % 5, i / 2_500, new(i), i, i));
        Records[] customers =
        [
            .. Many(4, "none"),
            new(4, [.. large], [.. Changes(4, 5_000)]),
            At(Many(1, "").First(), 5),
        ];
        List<ArchiveFile> inputs = [.. Enumerable.Range(0, files).Select(_ => bench.Write(customers, compress: true))];

        var merged = bench.Merge(inputs, (_, row) => row == 2)!;

        var expected = new Merging([], 0, 0, 0, 0, true).Expected([.. Enumerable.Repeat(customers, files)]);
        AssertIs([.. expected.Where(told => told.Row != 2)], bench, merged, inputs);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Chunks_of_a_single_file_of_which_everything_stays_are_copied_as_they_are(bool compress)
    {
        var bench = new ArchiveBench();
        var file = bench.Write(Many(3_000, text: "none"), compress);
        var (before, chunks) = (bench.BytesOf(file), bench.Open(file).Index);

        var copy = bench.Merge([file], compress: !compress)!;
        var erased = bench.Merge([file], (_, row) => row == 1_234, compress: compress)!;

        Assert.Equal(Contents(before, chunks), Contents(bench.BytesOf(copy), bench.Open(copy).Index));
        var kept = Contents(bench.BytesOf(erased), bench.Open(erased).Index);
        Assert.Equal(
            [chunks.ChunkOf(1_234)],
            Enumerable.Range(0, chunks.Chunks).Where(i => !kept.Contains(Contents(before, chunks)[i]))
        );
        Assert.Equal(file.Events - 5, erased.Events);
        Assert.Equal((file.FirstReceipt, file.LastReceipt), (erased.FirstReceipt, erased.LastReceipt));
    }

    [Fact]
    public void A_single_file_is_compressed_where_its_chunks_are_not_copied()
    {
        var bench = new ArchiveBench();
        var file = bench.Write(Many(3_000, "none"), compress: false);
        var compressed = bench.Write(Many(3_000, "none"), compress: true);

        var merged = bench.Merge([file], compress: true, copies: false)!;

        Assert.Equal(compressed.Bytes, merged.Bytes);
        ToldCustomer.AssertSame(ArchiveBench.ReadAll(bench.Open(file)), ArchiveBench.ReadAll(bench.Open(merged)));
    }

    [Fact]
    public void Nothing_of_a_customer_who_is_left_out_is_in_the_file()
    {
        const string secret = "something personal";
        var bench = new ArchiveBench();
        Records gone = new(
            700,
            [.. Enumerable.Repeat(Many(1, "").First().Events[0] with { Row = 700 }, 9_000)],
            [new(700, ChangeKind.Update, default, Encoding.UTF8.GetBytes(secret))]
        );
        var file = bench.Write([.. Many(700, "none"), gone, .. Many(10, "none").Select(c => At(c, 701 + c.Row))]);
        Assert.True(bench.BytesOf(file).AsSpan().IndexOf(Encoding.UTF8.GetBytes(secret)) > 0);

        var erased = bench.Merge([file], (_, row) => row == 700)!;

        using var reader = bench.Open(erased);
        Assert.Equal(-1, bench.BytesOf(erased).AsSpan().IndexOf(Encoding.UTF8.GetBytes(secret)));
        Assert.False(reader.Index.Contains(700));
        Assert.Equal(710, ArchiveBench.ReadAll(reader).Count);
    }

    [Fact]
    public void A_merge_that_leaves_nothing_over_makes_no_file()
    {
        var bench = new ArchiveBench();
        List<ArchiveFile> files = [bench.Write(Many(1_000, "none")), bench.Write(Many(10, "none"))];

        Assert.Null(bench.Merge(files, (_, _) => true));
        Assert.Null(bench.Merge([files[0]], (_, _) => true));
        Assert.Equal(2, bench.BlobsBegun);
    }

    [Fact]
    public void A_merge_is_done_in_steps_of_about_a_chunk()
    {
        var bench = new ArchiveBench();
        List<ArchiveReader> inputs =
        [
            bench.Open(bench.Write(Many(2_000, "none"))),
            bench.Open(bench.Write(Many(2_000, "none"))),
        ];
        using var writer = bench.NewWriter();
        var merge = new ArchiveMerge(inputs, writer, (_, _) => false, [.. inputs.Select(_ => Removal.None)]);

        var before = 0;
        while (merge.Step())
        {
            Assert.InRange(writer.ChunksWritten - before, 0, 2);
            before = writer.ChunksWritten;
        }

        Assert.Equal(20_000, merge.Complete(level: 2)!.Events);
    }

    [Fact]
    public void A_merge_says_from_which_entry_to_which_its_records_are()
    {
        var bench = new ArchiveBench();
        List<ArchiveFile> files =
        [
            bench.Write(Many(5, "none")),
            bench.Write(Many(5, "none")),
            bench.Write(Many(5, "none")),
        ];

        var merged = bench.Merge(files)!;

        Assert.Equal((files[0].AfterEntry, files[2].LastEntry), (merged.AfterEntry, merged.LastEntry));
        Assert.Equal((2, 2), (merged.Workspace, merged.Level));
    }

    private static void AssertIs(
        List<ToldCustomer> expected,
        ArchiveBench bench,
        ArchiveFile? merged,
        List<ArchiveFile> inputs
    )
    {
        if (merged is null)
        {
            Assert.Empty(expected);
            Assert.Equal(inputs.Count, bench.BlobsBegun);
            return;
        }
        using var reader = bench.Open(merged);
        ToldCustomer.AssertSame(
            expected.ConvertAll(told => told.InOrder(reader.Index.EventTypes)),
            ArchiveBench.ReadAll(reader)
        );
        Assert.Equal(expected.Sum(told => told.Events.Count), merged.Events);
        Assert.Equal(expected.Sum(told => told.Changes.Count), merged.Changes);
        Assert.True(merged.FirstReceipt >= inputs.Min(file => file.FirstReceipt));
        Assert.True(merged.LastReceipt <= inputs.Max(file => file.LastReceipt));
    }

    private static IEnumerable<Records> Many(int customers, string text) =>
        Enumerable
            .Range(0, customers)
            .Select(row => new Records(
                row,
                [
                    .. Enumerable
                        .Range(0, 5)
                        .Select(i => new ArchivedEvent(row, i % 3, i - 1, row % 7, new(row * i * 97L), row, i)),
                ],
                row % 20 == 0 ? [new(row, ChangeKind.Update, new(row), Encoding.UTF8.GetBytes(text))] : []
            ));

    private static IEnumerable<ArchivedChange> Changes(int row, int count) =>
        Enumerable.Range(0, count).Select(i => new ArchivedChange(row, ChangeKind.Update, new(i), new byte[i % 60]));

    private static Records At(Records customer, int row) =>
        new(
            row,
            [.. customer.Events.Select(item => item with { Row = row })],
            [.. customer.Changes.Select(change => change with { Row = row })]
        );

    /// <summary>The chunks of a file without their checksums.</summary>
    private static List<string> Contents(byte[] file, ArchiveIndex index) =>
        [
            .. Enumerable
                .Range(0, index.Chunks)
                .Select(i =>
                    Convert.ToHexString(
                        file,
                        (int)index[i].Offset + ArchiveSeal.Bytes,
                        index.LengthOf(i) - ArchiveSeal.Bytes
                    )
                ),
        ];

    /// <summary>Files that are merged, and what is left out: so many customers of a hundred, so many names, drawn for each file anew.</summary>
    private sealed record Merging(Records[][] Customers, int Shift, int LeftOut, int Removed, int Seed, bool Compress)
    {
        public TestNames NamesOf(int input) => new(Shift * input);

        public bool IsLeftOut(int input, int row) => Draw(input, row) < LeftOut;

        public bool IsRemoved(int input, string name) => Draw(input, name.Length + 7) < Removed;

        public List<ToldCustomer> Expected(List<Records[]> inputs) =>
            [
                .. inputs
                    .SelectMany((customers, input) => customers.Select(customer => (Input: input, Customer: customer)))
                    .Where(own => !IsLeftOut(own.Input, own.Customer.Row))
                    .GroupBy(own => own.Customer.Row)
                    .OrderBy(own => own.Key)
                    .Select(own => Join(own.Key, [.. own.Select(one => Staying(one.Input, one.Customer))]))
                    .Where(told => told.Events.Count + told.Changes.Count > 0),
            ];

        private static ToldCustomer Join(int row, List<ToldCustomer> parts) =>
            new(row, [.. parts.SelectMany(part => part.Events)], [.. parts.SelectMany(part => part.Changes)]);

        private ToldCustomer Staying(int input, Records customer)
        {
            var told = ToldCustomer.Of(customer.Row, customer.Events, customer.Changes, NamesOf(input));
            return told with
            {
                Events =
                [
                    .. told
                        .Events.Where(item => !IsRemoved(input, item.Type))
                        .Select(item =>
                            item.Feature is not null && IsRemoved(input, item.Feature)
                                ? item with
                                {
                                    Feature = null,
                                }
                                : item
                        ),
                ],
            };
        }

        private int Draw(int input, int what) => new Random(HashOf(input, what)).Next(100);

        private int HashOf(int input, int what) => (Seed * 31) + (input * 1_009) + (what * 7);
    }
}
