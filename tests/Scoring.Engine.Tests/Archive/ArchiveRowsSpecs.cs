using FsCheck;
using FsCheck.Fluent;
using Scoring.Engine.Archive;
using Scoring.Engine.Storage;

namespace Scoring.Engine.Tests.Archive;

public sealed class ArchiveRowsSpecs
{
    [Fact]
    public void Rows_are_those_that_were_added_near_to_one_another_or_far_apart() =>
        Check.One(
            Config.QuickThrowOnFailure.WithMaxTest(300),
            Prop.ForAll(
                Arb.From(Gen.Elements(1, 2, 5, 100, 1 << 20).SelectMany(most => Gen.Choose(1, most).NonEmptyListOf())),
                Arb.From(Gen.Choose(0, 1_000)),
                (steps, start) =>
                {
                    var row = (long)start;
                    var rows = new SortedSet<int>();
                    foreach (var step in steps)
                    {
                        rows.Add((int)Math.Min(row, int.MaxValue));
                        row += step;
                    }

                    var read = Read(rows);

                    Assert.Equal((rows.Min, rows.Max), (read.First, read.Last));
                    foreach (var near in rows.SelectMany(r => (long[])[r - 1L, r, r + 1L, r + 70L]))
                    {
                        var next = rows.Where(r => r >= near).DefaultIfEmpty(-1).First();
                        Assert.Equal(next, read.Next(near));
                    }
                    Assert.All(rows, r => Assert.True(read.Contains(r)));
                }
            )
        );

    [Fact]
    public void The_memory_of_rows_is_that_of_the_smaller_form()
    {
        var random = new Random(5);
        const int many = 1_000_000;
        var half = Enumerable.Range(0, many).Where(_ => random.Next(2) == 0);
        var few = Enumerable.Range(0, 1_000).Select(i => i * 1_000_000);

        Assert.InRange(Read(half).MemoryBytes, many / 8, (many / 8) + 8);
        Assert.InRange(Read(few).MemoryBytes, 1, 8_000);
        Assert.InRange(Read(Enumerable.Range(5, many)).MemoryBytes, 1, 8);
    }

    [Theory]
    [InlineData(1, 0, int.MaxValue - 1)]
    [InlineData(0)]
    public void More_rows_than_there_are_records_are_refused_and_none(params int[] stored)
    {
        using var blob = new BlobWriter();
        Array.ForEach(stored, number => blob.Varint((uint)number));
        var bytes = blob.Written.ToArray();

        Assert.Throws<InvalidDataException>(() =>
        {
            var reader = new BlobReader(bytes);
            ArchiveRows.Read(ref reader, most: 1_000_000);
        });
    }

    private static ArchiveRows Read(IEnumerable<int> rows)
    {
        using var index = new IndexWriter();
        foreach (var row in rows)
        {
            index.AddRow(row);
        }
        using var blob = new BlobWriter();
        using var writer = new SectionWriter(compress: true);
        index.Write(blob, writer);
        var sections = new SectionReader(IndexWriter.Sections);
        sections.Read(blob.Written[1..].ToArray());
        var reader = new BlobReader(sections[IndexWriter.Rows].Span);
        var read = ArchiveRows.Read(ref reader, int.MaxValue);
        Assert.True(reader.AtEnd);
        return read;
    }
}
