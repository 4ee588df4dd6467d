using Scoring.Core.Scores;
using Scoring.Core.Tests.Oracle;
using Scoring.Core.Time;

namespace Scoring.Core.Tests.History;

/// <summary>What the archive tells of now is what the population tells that was told everything as it came.</summary>
public sealed class ReplaySpecs
{
    [Fact]
    public void Replayed_up_to_now_a_customer_is_what_it_is() =>
        Story.ForAll(
            story =>
            {
                var customer = story.Play();
                foreach (var now in (Instant[])[story.End, story.End + TimeSpan.FromDays(17.3)])
                {
                    AssertSame(story, customer.LiveScore(story.Model, now), customer.PastScore(story.Model, now), now);
                    // All of it is known by now, too.
                    AssertSame(
                        story,
                        customer.LiveScore(story.Model, now),
                        customer.PastScore(story.Model, now, now),
                        now
                    );
                }
            },
            tests: 1_500
        );

    private static void AssertSame(Story story, CustomerScore? expected, CustomerScore? actual, Instant now)
    {
        Assert.Equal(expected is null, actual is null);
        if (expected is null || actual is null)
        {
            return;
        }
        var oracle = new NaiveOracle(story.AllEvents, story.Settings.PassiveEventTypes);
        var magnitude = oracle.Magnitude(Story.Customer, story.Model, now) * 100 / story.Model.TargetPoints;
        AssertClose(expected.Score, actual.Score, magnitude + Math.Abs(expected.Score));
        Assert.Equal(expected.Band, actual.Band);
        Assert.Equal(expected.Lifecycle, actual.Lifecycle);
        Assert.Equal(expected.InGrace, actual.InGrace);
        Assert.Equal(expected.AccountId, actual.AccountId);
        Assert.Equal(expected.Attributes, actual.Attributes);
        Assert.Equal(expected.LastEventTime, actual.LastEventTime);
        Assert.Equal(expected.Adjustment?.Adjustment, actual.Adjustment?.Adjustment);
        Assert.Equal(expected.Momentum is null, actual.Momentum is null);
        Assert.Equal(expected.Contributions.Select(of => of.Term), actual.Contributions.Select(of => of.Term));
        foreach (var (one, other) in expected.Contributions.Zip(actual.Contributions))
        {
            var alone = Samples.Model(one.Term with { Weight = 1, Cap = null });
            AssertClose(
                one.Quantity,
                other.Quantity,
                Math.Abs(one.Quantity) + oracle.Magnitude(Story.Customer, alone, now)
            );
        }
    }

    private static void AssertClose(double expected, double actual, double magnitude) =>
        Assert.True(
            Math.Abs(expected - actual) <= Math.Max(1e-9 * magnitude, 1e-12),
            $"expected {expected:R} but got {actual:R}"
        );
}
