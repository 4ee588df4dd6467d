using Scoring.Core.History;
using Scoring.Core.Time;

namespace Scoring.Core.Tests.History;

public sealed class LateEventSpecs
{
    [Fact]
    public void What_was_known_at_an_instant_does_not_depend_on_what_came_later() =>
        Story.ForAll(
            story =>
            {
                var past = story.Play().Past;
                var random = new Random(story.Seed);
                var knownAt = Instant.Max(
                    past.CompleteSince,
                    Story.Start + ((story.End - Story.Start) * random.NextDouble())
                );
                var times = story.Times(6, Instant.Max(past.CompleteSince, Story.Start));
                var before = past with
                {
                    Events = [.. past.Events.Where(e => e.ReceivedAt <= knownAt)],
                    Changes = [.. past.Changes.Where(change => change.ReceivedAt <= knownAt)],
                };

                Assert.Equal(
                    ScoreHistory.Of(before, story.Settings, story.Model, times, null).Points,
                    ScoreHistory.Of(past, story.Settings, story.Model, times, knownAt).Points
                );
            },
            tests: 500
        );

    [Fact]
    public void The_order_of_events_in_the_archive_does_not_matter() =>
        Story.ForAll(
            story =>
            {
                var past = story.Play().Past;
                var times = story.Times(6, Instant.Max(past.CompleteSince, Story.Start));
                var events = past.Events.ToArray();
                new Random(story.Seed).Shuffle(events);

                Assert.Equal(
                    ScoreHistory.Of(past, story.Settings, story.Model, times, null).Points,
                    ScoreHistory.Of(past with { Events = events }, story.Settings, story.Model, times, null).Points
                );
            },
            tests: 300
        );
}
