using Scoring.Core.History;
using Scoring.Core.Time;
using Scoring.Engine.Archive;
using Scoring.Engine.Storage;

namespace Scoring.Engine.Tests.Archive;

/// <summary>What is stored of an archive lies in <c>StoredForms.txt</c>: what a partition's state says of a small file, and the file.</summary>
public sealed class ArchiveFormSpecs
{
    private static readonly Instant Occurred = new(17_720_000_001_230_000);

    private static readonly Records[] Customers =
    [
        new(
            3,
            [
                Event(3, type: 2, Occurred),
                Event(3, type: 0, Occurred) with
                {
                    Feature = 4,
                    Account = 3,
                },
                Event(3, type: 0, Occurred + TimeSpan.FromDays(1)) with
                {
                    Account = 3,
                    Value = 12.99,
                },
            ],
            []
        ),
        new(
            4,
            [Event(4, type: 0, Occurred) with { ReceivedSecond = 1_772_100_000, Value = 1 / 3.0 }],
            [new(4, ChangeKind.Update, Occurred, "a change"u8.ToArray())]
        ),
        .. Enumerable.Range(90, 40).Select(row => new Records(row, [Event(row, type: 4, Occurred)], [])),
    ];

    [Fact]
    public void A_file_of_the_archive_has_the_form_of_its_layout()
    {
        var stored = Written(compress: false);

        Assert.True(
            StoredFormTests.Pinned["archive"].AsSpan().SequenceEqual(stored),
            $"The stored form has changed:\narchive {Convert.ToHexString(stored)}"
        );
    }

    [Theory]
    [InlineData("archive")]
    [InlineData("archive-compressed")]
    public void A_file_of_the_archive_that_an_earlier_build_wrote_is_read(string form)
    {
        var stored = new BlobReader(StoredFormTests.Pinned[form]);
        var file = ArchiveFile.Read(ref stored);
        var bench = new ArchiveBench();
        bench.Replace(file, stored.Rest);
        using var reader = bench.Open(file);

        ToldCustomer.AssertSame(
            [
                .. Customers
                    .Select(c => ToldCustomer.Of(c.Row, c.Events, c.Changes, new TestNames()))
                    .Select(told => told.InOrder(reader.Index.EventTypes)),
            ],
            ArchiveBench.ReadAll(reader)
        );
    }

    private static byte[] Written(bool compress)
    {
        var bench = new ArchiveBench();
        var file = bench.Write(Customers, compress);
        return [.. BlobWriter.Encode(file.Write), .. bench.BytesOf(file)];
    }

    private static ArchivedEvent Event(int row, int type, Instant occurred) =>
        new(row, type, ArchivedEvent.NoName, ArchivedEvent.NoName, occurred, TimeUnit.SecondOf(occurred.Ticks) + 1, 1);
}
