using Scoring.Core.Memory;

namespace Scoring.Core.Tests.Memory;

[Collection(MeasuresMemory.Name)]
public sealed class HugePagesSpecs
{
    /// <summary>Each block is filled with its own number: a block that overlapped another, or was not zero, would show.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void Blocks_of_all_sizes_are_zero_at_first_never_overlap_and_are_all_given_back(int seed)
    {
        var random = new Random(seed);
        var before = BytesUsedByOthers();
        var blocks = new List<(int Number, NativeArray<int> Block)>();
        for (var step = 1; step <= 3_000; step++)
        {
            if (blocks.Count > 0 && random.Next(blocks.Count < 60 ? 3 : 2) == 0)
            {
                var at = random.Next(blocks.Count);
                var (number, block) = blocks[at];
                Assert.Equal(-1, block.Span.IndexOfAnyExcept(number));
                block.Free();
                blocks[at] = blocks[^1];
                blocks.RemoveAt(blocks.Count - 1);
                continue;
            }
            // From a few bytes to beyond a huge page, half of them of a size that fills its block or three quarters of it.
            var length =
                random.Next(2) == 0
                    ? 1 + random.Next(1 << random.Next(2, 21))
                    : 256 * (2 + random.Next(2)) << random.Next(10);
            var added = new NativeArray<int>(length);
            Assert.Equal(-1, added.Span.IndexOfAnyExcept(0));
            added.Span.Fill(step);
            blocks.Add((step, added));
        }
        foreach (var (number, block) in blocks)
        {
            Assert.Equal(-1, block.Span.IndexOfAnyExcept(number));
            block.Free();
        }
        Assert.InRange(HugePages.BytesUsed, 0, before);
    }

    [Fact]
    public void What_nobody_holds_any_more_is_given_back()
    {
        var before = BytesUsedByOthers();
        Allocate();
        MeasuresMemory.Settle();
        Assert.InRange(HugePages.BytesUsed, 0, before);

        static void Allocate()
        {
            var array = new NativeArray<long>(100_000);
            array[99_999] = 1;
        }
    }

    private static long BytesUsedByOthers()
    {
        MeasuresMemory.Settle();
        return HugePages.BytesUsed;
    }
}
