using System.Text;
using Scoring.Core.Populations;
using Scoring.Core.Recording;
using Scoring.Core.Time;

namespace Scoring.Core.Tests.Recording;

public sealed class EventBatchSpecs
{
    [Fact]
    public void Events_are_read_as_they_were_added_over_any_number_of_buffers()
    {
        using var batch = new EventBatch("default", capacityBytes: 16);
        for (var i = 0; i < 1_000; i++)
        {
            batch.Add(
                new EventRecord
                {
                    Index = i,
                    EventId = Encoding.UTF8.GetBytes(i % 3 == 0 ? "" : $"e-{i}"),
                    CustomerId = Encoding.UTF8.GetBytes($"customer-{i}"),
                    AccountId = Encoding.UTF8.GetBytes(new string('ä', i % 100)),
                    Type = "visit"u8,
                    Feature = "search"u8,
                    OccurredAt = i % 2 == 0 ? null : new Instant(i),
                    KnownAt = i % 5 == 0 ? new Instant(-i) : null,
                    Value = i / 7.0,
                }
            );
        }
        Assert.Equal(1_000, batch.Count);
        var read = 0;
        foreach (var item in batch)
        {
            Assert.Equal(read, item.Index);
            Assert.Equal(read % 3 == 0 ? "" : $"e-{read}", Encoding.UTF8.GetString(item.EventId));
            Assert.Equal($"customer-{read}", Encoding.UTF8.GetString(item.CustomerId));
            Assert.Equal(new string('ä', read % 100), Encoding.UTF8.GetString(item.AccountId));
            Assert.Equal("visit", Encoding.UTF8.GetString(item.Type));
            Assert.Equal("search", Encoding.UTF8.GetString(item.Feature));
            Assert.Equal(read % 2 == 0 ? null : new Instant(read), item.OccurredAt);
            Assert.Equal(read % 5 == 0 ? new Instant(-read) : null, item.KnownAt);
            Assert.Equal(read / 7.0, item.Value);
            read++;
        }
        Assert.Equal(1_000, read);
    }

    [Fact]
    public void Encoded_events_cut_short_are_refused()
    {
        using var batch = new EventBatch("default");
        batch.Add(
            new EventRecord
            {
                CustomerId = "c"u8,
                Type = "visit"u8,
                Value = 1,
                KnownAt = new Instant(1),
            }
        );
        for (var length = 1; length < batch.Encoded.Length; length++)
        {
            Assert.Throws<InvalidDataException>(() => EventBatch.Read(batch.Encoded.Span[..length]).MoveNext());
        }
    }

    [Fact]
    public void A_workspace_has_a_bounded_number_of_event_types_and_features()
    {
        var population = new Population(Samples.Workspace);
        for (var i = 0; i < Limits.EventTypes; i++)
        {
            Assert.Equal(RecordOutcome.Accepted, population.Record("c-1", $"t{i}", Samples.Noon, feature: $"f{i}"));
        }
        Assert.Equal(RecordOutcome.TooManyEventTypes, population.Record("c-2", "one-more", Samples.Noon));
        Assert.Equal(RecordOutcome.TooManyFeatures, population.Record("c-2", "t1", Samples.Noon, feature: "one-more"));
        Assert.Equal(-1, population.Find("c-2"));
        Assert.Equal(RecordOutcome.Accepted, population.Record("c-2", "t1", Samples.Noon, feature: "f1"));
    }

    [Fact]
    public void The_time_of_receipt_stands_for_an_absent_time_of_occurrence()
    {
        var population = new Population(Samples.Workspace);
        var item = new EventRecord
        {
            CustomerId = "c-1"u8,
            Type = "visit"u8,
            Value = 1,
        };
        population.Record(item, Samples.Noon, out var row);
        Assert.Equal(Samples.Noon, population.NewestEventOf(row));
    }
}
