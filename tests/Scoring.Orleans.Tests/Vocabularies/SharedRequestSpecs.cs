using Scoring.Cluster.Vocabularies;

namespace Scoring.Cluster.Tests.Vocabularies;

/// <summary>What many want is asked for at once.</summary>
public sealed class SharedRequestSpecs
{
    [Fact]
    public async Task What_is_wanted_while_a_call_is_under_way_shares_the_next()
    {
        List<IReadOnlyList<int>> asked = [];
        var (begun, go) = (new TaskCompletionSource(), new TaskCompletionSource());
        var request = new SharedRequest<int>(async wanted =>
        {
            asked.Add(wanted);
            begun.TrySetResult();
            await go.Task;
        });

        var first = request.AskAsync([1]);
        await begun.Task;
        Task[] others = [.. Enumerable.Range(0, 1_000).Select(i => request.AskAsync([i % 3]))];
        Assert.DoesNotContain(others, other => other.IsCompleted);
        go.SetResult();
        await Task.WhenAll([first, .. others]);

        Assert.Equal(2, asked.Count);
        Assert.Equal([0, 1, 2], asked[1].Order());
    }

    [Fact]
    public async Task A_call_that_fails_fails_for_those_that_shared_it_and_nobody_else()
    {
        var calls = 0;
        var request = new SharedRequest<int>(_ =>
            calls++ == 0 ? Task.FromException(new TimeoutException()) : Task.CompletedTask
        );

        await Assert.ThrowsAsync<TimeoutException>(() => request.AskAsync([1]));
        await request.AskAsync([1]);

        Assert.Equal(2, calls);
    }
}
