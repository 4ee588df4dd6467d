using System.Buffers;
using System.Globalization;
using Scoring.Core.History;
using Scoring.Core.Names;
using Scoring.Core.Time;
using PastEvent = Scoring.Core.History.PastEvent;

namespace Scoring.Core.Tests.History;

public sealed class CustomerPastCodecSpecs
{
    [Fact]
    public void A_past_comes_back_as_it_was_sent() =>
        Story.ForAll(
            story =>
            {
                var past = story.Play().Past;
                AssertSame(past, CustomerPastCodec.Read(Encoded(past)));
            },
            tests: 200
        );

    [Fact]
    public void Extremes_come_back_as_they_were_sent()
    {
        var (first, last) = (Instant.From(DateTimeOffset.MinValue), Instant.From(DateTimeOffset.MaxValue));
        AssertSame(Empty, CustomerPastCodec.Read(Encoded(Empty)));
        var past = Empty with
        {
            CompleteSince = first,
            Events =
            [
                new("visit", last, first, -1e12, "süß", "acme"),
                new("visit", first, last, 0, "", "visit"),
                new("purchase", new(-1), new(-10_000_001), 1 / 3.0, "acme", ""),
                new("purchase", new(5), new(20_000_000), 1, "", "") { KnownBefore = new(19_999_993) },
                new("purchase", new(1), new(-10_000_000), 1, "", ""),
            ],
            Changes = [new(ChangeKind.LeftAccount, last, Array.Empty<byte>())],
        };
        AssertSame(past, CustomerPastCodec.Read(Encoded(past)));
        past = past with
        {
            Events =
            [
                .. Enumerable
                    .Range(0, 70_000)
                    .Select(i => new PastEvent(
                        $"type-{i}",
                        new(i),
                        new(i),
                        1,
                        "",
                        i.ToString(CultureInfo.InvariantCulture)
                    )),
            ],
        };
        AssertSame(past, CustomerPastCodec.Read(Encoded(past)));
    }

    [Fact]
    public void An_event_takes_some_ten_bytes()
    {
        var random = new Random(1);
        var customer = new RecordedCustomer(Samples.Workspace);
        var at = Samples.DaysAgo(365);
        for (var i = 0; i < 1_000; i++)
        {
            at += TimeSpan.FromMilliseconds(random.Next(60_000_000));
            var received = new Instant(
                (at.Ticks / TimeSpan.TicksPerSecond * TimeSpan.TicksPerSecond) + TimeSpan.TicksPerSecond
            );
            customer.Record(
                i % 9 == 0 ? "purchase" : "visit",
                at,
                received,
                i % 9 == 0 ? 9.95 : 1,
                feature: i % 2 == 0 ? "search" : ""
            );
        }

        Assert.InRange(Encoded(customer.Past).Length, 8_000, 12_000);
    }

    [Fact]
    public void What_is_cut_short_or_changed_is_refused_or_read_but_never_breaks_the_reader()
    {
        var customer = new RecordedCustomer(Samples.Workspace);
        customer.Record("visit", Samples.DaysAgo(3), Samples.DaysAgo(2), 2.5, "search", "acme");
        customer.Record("purchase", Samples.DaysAgo(1));
        customer.Upsert(Samples.DaysAgo(1), "acme", ("plan", "pro"));
        customer.Prune(Samples.Noon, new KnownName(NameKind.EventType, "visit"));
        var encoded = Encoded(customer.Past);
        for (var length = 0; length < encoded.Length; length++)
        {
            Assert.Throws<InvalidDataException>(() => CustomerPastCodec.Read(encoded.AsSpan(0, length)));
        }
        Assert.Throws<InvalidDataException>(() => CustomerPastCodec.Read([.. encoded, 0]));
        for (var bit = 0; bit < encoded.Length * 8; bit++)
        {
            var flipped = encoded.ToArray();
            flipped[bit / 8] ^= (byte)(1 << (bit % 8));
            var error = Xunit.Record.Exception(() => CustomerPastCodec.Read(flipped));
            Assert.True(error is null or InvalidDataException, $"bit {bit}: {error}");
        }
    }

    [Fact]
    public void Counts_beyond_what_was_sent_set_nothing_aside()
    {
        var encoded = Encoded(Empty);
        // Names, events and changes are counted by the last three bytes: 65,536 of them, which short records may have.
        for (var count = 1; count <= 3; count++)
        {
            byte[] large = [.. encoded[..^count], 0x80, 0x80, 0x04, .. encoded[^(count - 1)..][..(count - 1)]];
            var before = GC.GetAllocatedBytesForCurrentThread();
            var error = Xunit.Record.Exception(() => CustomerPastCodec.Read(large));
            var allocated = GC.GetAllocatedBytesForCurrentThread() - before;
            Assert.IsType<InvalidDataException>(error);
            Assert.True(allocated < 50_000, $"{allocated:N0} bytes");
        }
    }

    private static CustomerPast Empty => new("c-1", Instant.MinValue, [], []);

    private static byte[] Encoded(CustomerPast past)
    {
        var target = new ArrayBufferWriter<byte>();
        CustomerPastCodec.Write(past, target);
        return target.WrittenSpan.ToArray();
    }

    private static void AssertSame(CustomerPast expected, CustomerPast actual)
    {
        Assert.Equal((expected.CustomerId, expected.CompleteSince), (actual.CustomerId, actual.CompleteSince));
        Assert.Equal(expected.Events, actual.Events);
        Assert.Equal(
            expected.Changes.Select(change =>
                (change.Kind, change.ReceivedAt, Convert.ToHexString(change.Content.Span))
            ),
            actual.Changes.Select(change => (change.Kind, change.ReceivedAt, Convert.ToHexString(change.Content.Span)))
        );
    }
}
