using Scoring.Core.Memory;

namespace Scoring.Core.Tests.Memory;

public sealed class PageReserveSpecs
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);

    [Fact]
    public void As_many_pages_as_wanted_are_made_ready_and_more_once_some_were_taken()
    {
        var made = 0;
        var reserve = new PageReserve(() => Interlocked.Increment(ref made));
        Assert.False(reserve.TryTake(out _));

        reserve.FillTo(3);
        Assert.Equal([1, 2, 3], [Take(reserve), Take(reserve), Take(reserve)]);
        reserve.FillTo(1);
        Assert.Equal(4, Take(reserve));
    }

    [Fact]
    public void A_page_that_was_in_use_takes_the_place_of_one_that_is_missing()
    {
        using var making = new SemaphoreSlim(0);
        using var proceed = new SemaphoreSlim(0);
        var reserve = new PageReserve(() =>
        {
            making.Release();
            proceed.Wait();
            return 7;
        });
        Assert.False(reserve.TryGiveBack(8));
        reserve.FillTo(2);
        Assert.True(making.Wait(Patience, TestContext.Current.CancellationToken));

        Assert.True(reserve.TryGiveBack(8));
        Assert.True(reserve.TryGiveBack(9));
        Assert.False(reserve.TryGiveBack(10));
        Assert.Equal([8, 9], [Take(reserve), Take(reserve)]);
        proceed.Release();
        Assert.Equal(7, Take(reserve));
    }

    [Fact]
    public void When_the_system_has_no_page_it_is_asked_again_only_when_one_is_wanted_again()
    {
        using var asked = new SemaphoreSlim(0);
        var isExhausted = true;
        var reserve = new PageReserve(() =>
        {
            asked.Release();
            return Volatile.Read(ref isExhausted) ? throw new InvalidOperationException("none") : 5;
        });
        reserve.FillTo(1);
        Assert.True(asked.Wait(Patience, TestContext.Current.CancellationToken));
        Assert.False(reserve.TryTake(out _));

        Volatile.Write(ref isExhausted, false);
        Assert.Equal(5, Take(reserve, () => reserve.FillTo(1)));
    }

    /// <summary>Takes a page as soon as one is ready, which its thread sees to.</summary>
    private static nint Take(PageReserve reserve, Action? before = null)
    {
        nint page = 0;
        Assert.True(
            SpinWait.SpinUntil(
                () =>
                {
                    before?.Invoke();
                    return reserve.TryTake(out page);
                },
                Patience
            )
        );
        return page;
    }
}
