using Scoring.Core.Time;
using Scoring.Engine.Archive;

namespace Scoring.Engine.Tests.Archive;

/// <summary>How far back late records reached.</summary>
public sealed class LateRecordsSpecs
{
    private static readonly TimeSpan Day = TimeSpan.FromDays(1);
    private readonly LateRecords _late = new();

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Since_any_moment_the_first_day_is_known_that_anything_reached_back_to(int seed)
    {
        var random = new Random(seed);
        var noted = new List<Instant>();
        for (var step = 0; step < 500; step++)
        {
            var day = new Instant((random.Next(-5, 40) + (step / 10)) * Day.Ticks);
            _late.Note(day + TimeSpan.FromMinutes(random.Next(1_440)));
            noted.Add(day);
            var before = random.Next(noted.Count);
            Assert.Equal(noted.Count, _late.Count);
            Assert.Equal(noted.Skip(before).Min(), _late.Since(before));
        }
        Assert.Null(_late.Since(noted.Count));
    }

    [Fact]
    public void What_reaches_everything_reaches_the_earliest_instant_that_there_is()
    {
        _late.Note(new Instant(Day.Ticks));
        _late.Note(Instant.MinValue);
        _late.Note(new Instant(3 * Day.Ticks));

        Assert.Equal(Instant.MinValue, _late.Since(0));
        Assert.Equal(new Instant(3 * Day.Ticks), _late.Since(2));
    }

    [Fact]
    public void An_event_is_late_that_occurred_longer_ago_than_is_tolerated()
    {
        var now = new Instant(10 * Day.Ticks);

        _late.Note(now, now);
        _late.Note(now - LateRecords.Tolerance, now);
        _late.Note(now + Day, now);
        Assert.Null(_late.Since(0));

        _late.Note(now - LateRecords.Tolerance - TimeSpan.FromTicks(1), now);
        Assert.Equal(now - Day, _late.Since(0));
    }
}
