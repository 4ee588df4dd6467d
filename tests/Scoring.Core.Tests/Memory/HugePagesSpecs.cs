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
    public void A_page_is_filled_to_the_last_part_and_whole_again_afterwards()
    {
        var page = new BuddyPage(0, orders: 5);
        int[] thirds = [.. Enumerable.Range(0, 8).Select(_ => page.Take(2, withoutLastQuarter: true))];
        int[] quarters = [.. Enumerable.Range(0, 8).Select(_ => page.Take(0, withoutLastQuarter: false))];

        Assert.True(page.IsFull);
        Assert.Equal(
            Enumerable.Range(0, 32),
            thirds.SelectMany(first => Enumerable.Range(first, 3)).Concat(quarters).Order()
        );
        foreach (var first in thirds)
        {
            page.Release(first);
            page.Release(first + 2);
        }
        foreach (var first in quarters)
        {
            page.Release(first);
        }
        Assert.True(page.IsEmpty);
        Assert.Equal(0, page.Take(5, withoutLastQuarter: false));
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
