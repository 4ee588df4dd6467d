using Scoring.Cluster.Customers;
using Scoring.Core.Time;

namespace Scoring.Cluster.Tests;

public sealed class EventIdWindowSpecs
{
    private static readonly ClusterOptions Options = new()
    {
        ConnectionString = "",
        DuplicateWindowMinimum = 10,
        DuplicateWindowMaximum = 1_000,
    };

    [Fact]
    public void An_id_is_known_with_its_content()
    {
        var window = new EventIdWindow();
        Windows.Add(window, default, [.. Enumerable.Range(0, 200).Select(i => $"{i}")]);

        Assert.True(Windows.Find(window, "199"));
        Assert.False(Windows.Find(window, "0", value: 2));
        Assert.Null(Windows.Find(window, "200"));
    }

    [Fact]
    public void Ids_are_forgotten_by_age_but_the_newest_and_never_by_a_clock_that_was_set_back()
    {
        var window = new EventIdWindow();
        Windows.Add(window, At(0), [.. Enumerable.Range(0, 100).Select(i => $"{i}")]);

        window.Expire(At(-500), Options);
        Assert.Equal(100, window.Count);
        window.Expire(At(59), Options);
        Assert.Equal(100, window.Count);

        window.Expire(At(60), Options);

        Assert.Equal(100 - EventIdWindow.BlockIds, window.Count);
        Assert.Equal((null, true), (Windows.Find(window, "0"), Windows.Find(window, "99")));
    }

    [Fact]
    public void No_more_ids_are_remembered_than_may_be()
    {
        var window = new EventIdWindow();
        for (var i = 0; i < 5_000; i++)
        {
            window.Expire(At(0), Options);
            Windows.Add(window, At(0), $"{i}");
        }

        Assert.InRange(window.Count, 1_000, 1_000 + EventIdWindow.BlockIds);
        Assert.Equal((null, true), (Windows.Find(window, "3000"), Windows.Find(window, "4000")));
    }

    [Fact]
    public void What_was_stored_and_restored_is_the_same_window()
    {
        var window = new EventIdWindow();
        Windows.Add(window, At(0), [.. Enumerable.Range(0, 150).Select(i => $"{i}")]);
        window.Expire(At(100), Options);
        Windows.Add(window, At(100), "new");

        var restored = new EventIdWindow();
        foreach (var (block, ids) in window.ChangedBlocks())
        {
            restored.Restore(block, ids);
        }

        Assert.Equal((window.Count, window.FirstBlock), (restored.Count, restored.FirstBlock));
        Assert.Empty(restored.ChangedBlocks());
        Assert.Equal(
            (true, true, null),
            (Windows.Find(restored, "new"), Windows.Find(restored, "149"), Windows.Find(restored, "3"))
        );
        Windows.Add(restored, At(101), "newer");
        var (last, changed) = Assert.Single(restored.ChangedBlocks());
        Assert.Equal((2, (150 - 128 + 2) * 32), (last, changed.Length));
    }

    private static Instant At(int minutes) => new(TimeSpan.FromMinutes(minutes).Ticks);
}
