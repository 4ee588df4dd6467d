using System.Text;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using Scoring.Server.Recording;

namespace Scoring.Server.Tests.Recording;

/// <summary>Events are read from their bytes without objects; the generated parser says what is right.</summary>
public sealed class WireEventTests
{
    private const int Inputs = 20_000;

    [Fact]
    public void Fields_are_those_that_the_generated_parser_finds()
    {
        var random = new Random(1);
        for (var i = 0; i < Inputs; i++)
        {
            Compare(Request(random).ToByteArray());
        }
    }

    [Fact]
    public void Damaged_requests_are_read_or_refused_as_the_generated_parser_does()
    {
        var random = new Random(2);
        var refused = 0;
        for (var i = 0; i < Inputs; i++)
        {
            refused += Compare(Damage(Request(random).ToByteArray(), random)) ? 0 : 1;
        }

        Assert.InRange(refused, Inputs / 10, Inputs * 9 / 10);
    }

    [Fact]
    public void Unknown_fields_of_every_form_are_passed_over()
    {
        byte[] unknown =
        [
            .. (byte[])[0xF8, 0x07, 0x96, 0x01], // 127, varint
            .. (byte[])[0xF9, 0x07, 1, 2, 3, 4, 5, 6, 7, 8], // 127, fixed64
            .. (byte[])[0xFA, 0x07, 2, 0xFF, 0xFE], // 127, bytes
            .. (byte[])[0xFB, 0x07, 0x08, 1, 0x13, 0x14, 0xFC, 0x07], // 127, group with a field and a group
            .. (byte[])[0xFD, 0x07, 1, 2, 3, 4], // 127, fixed32
            .. (byte[])[0x08, 5], // event_id as a varint
        ];
        byte[] item = [.. Events.Good().ToByteArray(), .. unknown];
        byte[] request = [.. unknown[..^2], 0x12, (byte)item.Length, .. item];

        Assert.True(Compare(request));
        Assert.Equal(1, new WireEvents(request).Count);
    }

    [Theory]
    [InlineData("a group that does not end", "FB07")]
    [InlineData("a group that ends without a begin", "FC07")]
    [InlineData("field number 0", "0001")]
    [InlineData("a varint of eleven bytes", "F807FFFFFFFFFFFFFFFFFFFFFF01")]
    [InlineData("a length beyond the end", "120A00")]
    [InlineData("a negative length", "12FFFFFFFF0F")]
    [InlineData("wire type 6", "FE0700")]
    [InlineData("a timestamp cut short", "12032A0108")]
    public void Bytes_that_are_no_message_are_refused(string _, string hex) =>
        Assert.False(Compare(Convert.FromHexString(hex)));

    [Fact]
    public void Groups_may_be_a_hundred_deep_and_no_deeper()
    {
        Assert.True(Compare([.. Enumerable.Repeat<byte>(0x7B, 99), .. Enumerable.Repeat<byte>(0x7C, 99)]));
        Assert.False(Compare([.. Enumerable.Repeat<byte>(0x7B, 102), .. Enumerable.Repeat<byte>(0x7C, 102)]));
    }

    [Fact]
    public void Single_event_that_comes_in_two_parts_is_merged()
    {
        var first = new V1.RecordEventRequest
        {
            Event = new V1.Event
            {
                CustomerId = "c",
                Type = "old",
                OccurredAt = new() { Seconds = 5 },
            },
        };
        var second = new V1.RecordEventRequest
        {
            Event = new V1.Event
            {
                Type = "new",
                OccurredAt = new() { Nanos = 7 },
            },
        };
        byte[] bytes = [.. first.ToByteArray(), .. second.ToByteArray()];

        Assert.True(new WireEvents(bytes).TryMerge(out var merged));

        AssertSame(V1.RecordEventRequest.Parser.ParseFrom(bytes).Event, in merged);
    }

    /// <returns>Whether the request can be read.</returns>
    private static bool Compare(byte[] bytes)
    {
        V1.RecordEventsRequest? expected = null;
        try
        {
            expected = V1.RecordEventsRequest.Parser.ParseFrom(bytes);
        }
        catch (InvalidProtocolBufferException error) when (error.Message.Contains("UTF-8", StringComparison.Ordinal))
        {
            // Refused by the check of its field, with the field's name, instead of with the whole request.
            return false;
        }
        catch (InvalidProtocolBufferException) { }

        var found = 0;
        try
        {
            var events = new WireEvents(bytes);
            foreach (ref readonly var item in events)
            {
                if (expected is not null)
                {
                    AssertSame(expected.Events[found], in item);
                }

                found++;
            }

            Assert.Equal(expected?.Workspace ?? events.Workspace, events.Workspace);
        }
        catch (RpcException error)
        {
            Assert.Equal(StatusCode.InvalidArgument, error.StatusCode);
            Assert.Null(expected);
            return false;
        }

        Assert.Equal(expected?.Events.Count, found);
        return true;
    }

    private static void AssertSame(V1.Event expected, ref readonly WireEvent actual)
    {
        Assert.Equal(expected.EventId, Text(actual.EventId));
        Assert.Equal(expected.CustomerId, Text(actual.CustomerId));
        Assert.Equal(expected.AccountId, Text(actual.AccountId));
        Assert.Equal(expected.Type, Text(actual.Type));
        Assert.Equal(expected.Feature, Text(actual.Feature));
        Assert.Equal(expected.HasValue ? expected.Value : null, actual.Value);
        AssertSame(expected.OccurredAt, actual.OccurredAt);
        AssertSame(expected.KnownAt, actual.KnownAt);
    }

    private static void AssertSame(Timestamp? expected, (long Seconds, int Nanos)? actual) =>
        Assert.Equal(expected is null ? null : (expected.Seconds, expected.Nanos), actual);

    private static string Text(ReadOnlySpan<byte> utf8) => Encoding.UTF8.GetString(utf8);

    private static V1.RecordEventsRequest Request(Random random)
    {
        var request = new V1.RecordEventsRequest { Workspace = Word(random) };
        for (var i = random.Next(4); i > 0; i--)
        {
            var item = new V1.Event
            {
                EventId = Word(random),
                CustomerId = Word(random),
                AccountId = Word(random),
                Type = Word(random),
                Feature = Word(random),
            };
            if (random.Next(2) == 0)
            {
                item.Value = random.NextDouble() * random.Next(-1_000, 1_000);
            }

            item.OccurredAt = AnyTime(random);
            item.KnownAt = AnyTime(random);
            request.Events.Add(item);
        }

        return request;
    }

    private static Timestamp? AnyTime(Random random) =>
        random.Next(2) == 0
            ? null
            : new Timestamp { Seconds = random.NextInt64(), Nanos = random.Next(int.MinValue, int.MaxValue) };

    private static string Word(Random random) =>
        random.Next(4) switch
        {
            0 => "",
            1 => "käse-" + random.Next(100),
            2 => new string('x', random.Next(200)),
            _ => "id-" + random.Next(),
        };

    /// <summary>Flips, cuts, repeats or makes up some bytes.</summary>
    private static byte[] Damage(byte[] bytes, Random random)
    {
        for (var i = random.Next(1, 4); i > 0 && bytes.Length > 0; i--)
        {
            var at = random.Next(bytes.Length);
            switch (random.Next(4))
            {
                case 0:
                    bytes[at] ^= (byte)(1 << random.Next(8));
                    break;
                case 1:
                    bytes = bytes[..at];
                    break;
                case 2:
                    bytes = [.. bytes, .. bytes[at..]];
                    break;
                default:
                    bytes[at] = (byte)random.Next(256);
                    break;
            }
        }

        return bytes;
    }
}
