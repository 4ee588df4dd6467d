using System.Buffers;
using Scoring.Rpc.Compression;
using Scoring.Rpc.Messages;

namespace Scoring.Rpc.Tests.Wire;

public sealed class MessageEncodingTests
{
    private static readonly MessageLimit Limit = new(100_000, "the limit");

    /// <summary>Compresses well, but not to nothing.</summary>
    private static readonly byte[] Plain =
    [
        .. Enumerable.Range(0, 20_000).Select(i => (byte)(i * 2_654_435_761L >> ((i / 3000) + 20) & 31)),
    ];

    private static readonly byte[] EmptyMember = Convert.FromHexString(
        "1F8B0800000000000003" + "0300" + "0000000000000000"
    );

    public static TheoryData<string> Encodings => ["gzip", "br", "deflate"];

    [Theory]
    [MemberData(nameof(Encodings))]
    public void What_was_compressed_is_read_by_others(string name)
    {
        using var compressed = Find(name).Compress(Plain);

        Assert.InRange(compressed.WrittenMemory.Length, 1, Plain.Length);
        Assert.Equal(Plain, Raw.Unpack(name, compressed.WrittenMemory.ToArray()));
    }

    [Theory]
    [MemberData(nameof(Encodings))]
    public void What_others_compressed_is_read_in_whatever_pieces_it_comes(string name)
    {
        var compressed = Raw.Pack(name, Plain);

        foreach (var piece in (int[])[1, 7, 4096, compressed.Length])
        {
            Assert.Equal(Plain, Decompress(name, Pieces(compressed, piece)));
        }
    }

    [Theory]
    [MemberData(nameof(Encodings))]
    public void Nothing_is_an_empty_message_compressed_or_not(string name)
    {
        Assert.Empty(Decompress(name, Raw.Pack(name, [])));
        Assert.Empty(Decompress(name, []));
    }

    [Fact]
    public void Members_of_gzip_one_behind_the_other_are_one_message() =>
        Assert.Equal(
            [.. Plain, 7, .. Plain],
            Decompress("gzip", [.. Raw.Gzip(Plain), .. EmptyMember, .. Raw.Gzip([7]), .. Raw.Gzip(Plain)])
        );

    [Theory]
    [MemberData(nameof(Encodings))]
    public void Every_message_that_is_cut_short_is_refused(string name)
    {
        var compressed = Raw.Pack(name, Plain[..3000]);

        for (var length = 1; length < compressed.Length; length++)
        {
            AssertInvalid(name, compressed[..length]);
        }
    }

    [Theory]
    [MemberData(nameof(Encodings))]
    public void Whatever_follows_a_message_is_refused(string name)
    {
        var compressed = Raw.Pack(name, Plain[..3000]);
        byte[][] rests =
        [
            [0],
            [0x1f],
            [0x1f, 0x8b],
            [0x1f, 0x8b, 8, 0],
            [1, 2, 3],
            new byte[20_000],
            Raw.Gzip(Plain)[..^1],
            Raw.Gzip([1])[..^8],
        ];

        Assert.All(rests, rest => AssertInvalid(name, [.. compressed, .. rest]));
    }

    [Theory]
    [MemberData(nameof(Encodings))]
    public void What_is_not_compressed_is_refused(string name)
    {
        AssertInvalid(name, "{\"text\":\"hello\"}"u8.ToArray());
        AssertInvalid(name, [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12]);
        AssertInvalid(name, [0xff, 0xff, 0xff, 0xff]);
    }

    [Fact]
    public void Bare_deflate_is_not_what_the_name_means()
    {
        var zlib = Raw.Pack("deflate", Plain);

        AssertInvalid("deflate", zlib[2..^4]);
    }

    [Theory]
    [MemberData(nameof(Encodings))]
    public void A_message_of_exactly_the_limit_is_read_and_one_more_byte_is_not(string name)
    {
        Assert.Equal(Limit.Bytes, Decompress(name, Raw.Pack(name, new byte[Limit.Bytes])).Length);

        var error = Assert.Throws<RpcException>(() => Decompress(name, Raw.Pack(name, new byte[Limit.Bytes + 1])));

        Assert.Equal(StatusCode.ResourceExhausted, error.Code);
    }

    [Theory]
    [MemberData(nameof(Encodings))]
    public void A_decompression_bomb_is_cut_off_at_the_limit(string name)
    {
        var bomb = Raw.Pack(name, new byte[50_000_000]);
        Assert.InRange(bomb.Length, 1, Limit.Bytes);
        var before = GC.GetAllocatedBytesForCurrentThread();

        var error = Assert.Throws<RpcException>(() => Decompress(name, bomb));

        Assert.Equal(StatusCode.ResourceExhausted, error.Code);
        Assert.Contains("after decompression", error.Message, StringComparison.Ordinal);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 2_000_000);
    }

    [Theory]
    [MemberData(nameof(Encodings))]
    public void Damage_gives_a_message_or_an_error_of_the_call(string name)
    {
        var random = new Random(20261122);
        var good = Raw.Pack(name, Plain[..500]);
        for (var i = 0; i < 5_000; i++)
        {
            var bytes = good.ToArray();
            for (var changes = random.Next(1, 4); changes > 0; changes--)
            {
                bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
            }

            try
            {
                Decompress(name, bytes[..random.Next(bytes.Length + 1)]);
            }
            catch (RpcException error)
            {
                Assert.True(error.Code is StatusCode.Internal or StatusCode.ResourceExhausted, error.Message);
            }
        }
    }

    [Theory]
    [InlineData("identity", true)]
    [InlineData("", true)]
    [InlineData(null, true)]
    [InlineData("GZIP", true)]
    [InlineData("br", true)]
    [InlineData("deflate", true)]
    [InlineData("zstd", false)]
    [InlineData("gzip, br", false)]
    [InlineData("*", false)]
    public void Encodings_are_found_by_name(string? name, bool known) =>
        Assert.Equal(known, MessageEncoding.TryFind(name, out _));

    [Fact]
    public void What_is_offered_is_what_is_taken()
    {
        Assert.All(
            MessageEncoding.Accepted.Split(','),
            name => Assert.True(MessageEncoding.TryFind(name, out _), name)
        );
        Assert.All(
            Encodings.Select(row => row.Data),
            name => Assert.Contains(name, MessageEncoding.Accepted.Split(','))
        );
    }

    [Theory]
    [InlineData("gzip", "gzip")]
    [InlineData("identity, deflate , gzip", "gzip")]
    [InlineData("identity,deflate", "deflate")]
    [InlineData("deflate, br", "br")]
    [InlineData("br;q=1.0, GZIP;q=0.5", "br")]
    [InlineData("deflate;q=0.9,gzip;q=0.8,br;q=0.1", "deflate")]
    [InlineData("gzip;q=0, br", "br")]
    [InlineData("gzip;q=0.000", null)]
    [InlineData("gzip;q=nonsense", null)]
    [InlineData("gzip;q=-1", null)]
    [InlineData("gzip2,xgzip,zstd", null)]
    [InlineData("*", "gzip")]
    [InlineData("gzip;q=0, *;q=0.1", "br")]
    [InlineData("identity, gzip;q=0.5", null)]
    [InlineData("identity;q=0.5, gzip;q=0.5", "gzip")]
    [InlineData("identity", null)]
    [InlineData("", null)]
    [InlineData(",;,=,q=1,;q=1", null)]
    public void The_caller_chooses_by_weight_and_among_equals_the_order_here(string accepted, string? chosen) =>
        Assert.Equal(chosen, MessageEncoding.Choose(accepted)?.Name);

    private static MessageEncoding Find(string name)
    {
        Assert.True(MessageEncoding.TryFind(name, out var encoding));
        return encoding!;
    }

    private static byte[] Decompress(string name, byte[] compressed) =>
        Decompress(name, new ReadOnlySequence<byte>(compressed));

    private static byte[] Decompress(string name, ReadOnlySequence<byte> compressed)
    {
        using var plain = Find(name).Decompress(compressed, Limit);
        return plain.WrittenMemory.ToArray();
    }

    private static void AssertInvalid(string name, byte[] compressed)
    {
        var error = Assert.Throws<RpcException>(() => Decompress(name, compressed));
        Assert.Equal(
            (StatusCode.Internal, $"A message is not valid {name}.", compressed.Length),
            (error.Code, error.Message, compressed.Length)
        );
    }

    private static ReadOnlySequence<byte> Pieces(byte[] bytes, int size)
    {
        var first = new Segment(default, null);
        var last = first;
        for (var at = 0; at < bytes.Length; at += size)
        {
            last = new Segment(bytes.AsMemory(at, Math.Min(size, bytes.Length - at)), last);
        }

        return new ReadOnlySequence<byte>(first, 0, last, last.Memory.Length);
    }

    private sealed class Segment : ReadOnlySequenceSegment<byte>
    {
        public Segment(ReadOnlyMemory<byte> memory, Segment? previous)
        {
            Memory = memory;
            if (previous is not null)
            {
                previous.Next = this;
                RunningIndex = previous.RunningIndex + previous.Memory.Length;
            }
        }
    }
}
