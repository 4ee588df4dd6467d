using Scoring.Cluster.Front;
using Scoring.Core;

namespace Scoring.Cluster.Tests.Front;

/// <summary>Figures that lag more than they may are waited for, and not given.</summary>
public sealed class LagSpecs
{
    [Fact]
    public async Task Figures_that_lag_too_much_are_asked_for_again()
    {
        var lags = new Queue<TimeSpan>([TimeSpan.FromSeconds(3), TimeSpan.FromSeconds(1.1), TimeSpan.FromSeconds(1)]);

        var lag = await Calls(TimeSpan.FromMinutes(1))
            .ReadFiguresAsync(() => Task.FromResult(lags.Dequeue()), read => read);

        Assert.Equal(TimeSpan.FromSeconds(1), lag);
        Assert.Empty(lags);
    }

    [Fact]
    public async Task Figures_that_go_on_lagging_too_much_are_refused_and_the_refusal_says_how_much()
    {
        var refusal = await Assert.ThrowsAsync<ScoringException>(() =>
            Calls(TimeSpan.FromMilliseconds(50))
                .ReadFiguresAsync(() => Task.FromResult(TimeSpan.FromSeconds(12.34)), read => read)
        );

        Assert.Equal(ScoringError.Unavailable, refusal.Error);
        Assert.Contains("lag 12.3 s", refusal.Message, StringComparison.Ordinal);
        Assert.Contains("Silo:MaxLag", refusal.Message, StringComparison.Ordinal);
        Assert.NotNull(refusal.RetryAfter);
    }

    private static CustomerCalls Calls(TimeSpan timeout) =>
        new(new ClusterOptions { ConnectionString = "", CallTimeout = timeout });
}
