using System.Buffers;
using System.IO.Pipelines;
using Google.Protobuf;
using Scoring.Rpc.Compression;
using Scoring.Rpc.Messages;
using Scoring.Rpc.Tests.Protos;

namespace Scoring.Rpc.Tests.Wire;

public sealed class EnvelopeTests
{
    private static readonly MessageDecoder Requests = new ParsedMessages(EchoRequest.Parser);

    private static readonly MessageLimit Limit = new(100_000, "Test.Limit");

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(0, false)]
    [InlineData(1, false)]
    [InlineData(5_000, false)]
    [InlineData(90_000, false)]
    [InlineData(0, true)]
    [InlineData(90_000, true)]
    public async Task Messages_come_out_as_they_went_in_however_the_bytes_are_cut(int size, bool compressed)
    {
        var message = new EchoRequest { Text = new string('a', size), Count = size };
        var encoding = compressed ? MessageEncoding.Gzip : null;
        var buffer = new ArrayBufferWriter<byte>();
        var written = 0;
        for (var i = 0; i < 3; i++)
        {
            written += EnvelopeWriter.Write(buffer, message, Limit, encoding);
        }

        Assert.Equal(buffer.WrittenCount, written);
        foreach (var piece in (int[])[1, 3, 4096, int.MaxValue])
        {
            if (written / piece > 50_000)
            {
                continue;
            }

            var reader = Reader(buffer.WrittenMemory, piece, Limit);
            reader.Encoding = encoding;
            for (var i = 0; i < 3; i++)
            {
                Assert.Equal(message, await reader.ReadAsync(Requests, Token));
            }

            Assert.Null(await reader.ReadAsync(Requests, Token));
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(4)]
    [InlineData(6)]
    public async Task A_stream_that_ends_within_a_message_is_an_error(int length)
    {
        var frame = Raw.Frame(new EchoRequest { Text = "abc" });
        var reader = Reader(frame.AsMemory(0, length), 100, Limit);

        var error = await Assert.ThrowsAsync<RpcException>(async () => await reader.ReadAsync(Requests, Token));

        Assert.Equal(StatusCode.Internal, error.Code);
    }

    [Fact]
    public async Task A_message_over_the_limit_is_refused_by_its_prefix()
    {
        var reader = Reader(Raw.Frame([], length: uint.MaxValue), 100, Limit);

        var error = await Assert.ThrowsAsync<RpcException>(async () => await reader.ReadAsync(Requests, Token));

        Assert.Equal(StatusCode.ResourceExhausted, error.Code);
        Assert.Contains("4294967295", error.Message, StringComparison.Ordinal);
        Assert.Contains("100000", error.Message, StringComparison.Ordinal);
        Assert.Contains("Test.Limit", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_message_over_the_limit_is_not_written()
    {
        var buffer = new ArrayBufferWriter<byte>();
        var message = new EchoRequest { Payload = ByteString.CopyFrom(new byte[100_001]) };

        var error = Assert.Throws<RpcException>(() => EnvelopeWriter.Write(buffer, message, Limit, null));

        Assert.Equal(StatusCode.ResourceExhausted, error.Code);
        Assert.Equal(0, buffer.WrittenCount);
    }

    [Fact]
    public async Task Whatever_comes_is_a_message_or_an_error_of_the_call()
    {
        var random = new Random(20261122);
        var good = Raw.Frame(new EchoRequest { Text = "abc", Count = 1 });
        var packed = Raw.Frame(Raw.Gzip(good[5..]), flags: 1);
        for (var i = 0; i < 20_000; i++)
        {
            byte[] bytes = [.. random.Next(2) == 0 ? good : packed, .. random.Next(2) == 0 ? good : packed];
            for (var changes = random.Next(1, 4); changes > 0; changes--)
            {
                bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
            }

            var reader = new EnvelopeReader(
                PipeReader.Create(new ReadOnlySequence<byte>(bytes, 0, random.Next(bytes.Length + 1))),
                Limit
            )
            {
                Encoding = MessageEncoding.Gzip,
            };
            try
            {
                while (await reader.ReadAsync(Requests, Token) is not null) { }
            }
            catch (RpcException error)
            {
                Assert.True(error.Code is StatusCode.Internal or StatusCode.ResourceExhausted, error.Message);
            }
        }
    }

    [Fact]
    public async Task A_reset_that_shows_only_when_bytes_are_given_back_is_a_reset_all_the_same()
    {
        var buffer = new ArrayBufferWriter<byte>();
        EnvelopeWriter.Write(buffer, new EchoRequest { Text = "a" }, Limit, null);
        var reader = new EnvelopeReader(new ResetWhenGivenBack(buffer.WrittenMemory), Limit);

        var reset = await Assert.ThrowsAsync<StreamResetException>(async () => await reader.ReadAsync(Requests, Token));

        Assert.Equal("The client reset the request stream.", reset.Message);
    }

    /// <summary>A reader that gets its bytes in pieces, each one in a segment of its own.</summary>
    private static EnvelopeReader Reader(ReadOnlyMemory<byte> bytes, int piece, MessageLimit limit)
    {
        var pipe = new Pipe(new PipeOptions(pauseWriterThreshold: 0, minimumSegmentSize: Math.Min(piece, 4096)));
        _ = FeedAsync();
        return new EnvelopeReader(pipe.Reader, limit);

        async Task FeedAsync()
        {
            for (var rest = bytes; !rest.IsEmpty; rest = rest[Math.Min(piece, rest.Length)..])
            {
                await pipe.Writer.WriteAsync(rest[..Math.Min(piece, rest.Length)], Token);
            }

            await pipe.Writer.CompleteAsync();
        }
    }

    /// <summary>A body whose sender gives up between a read and its end, as Kestrel tells it.</summary>
    private sealed class ResetWhenGivenBack(ReadOnlyMemory<byte> bytes) : PipeReader
    {
        public override ValueTask<ReadResult> ReadAsync(CancellationToken cancellationToken = default) =>
            new(new ReadResult(new ReadOnlySequence<byte>(bytes), isCanceled: false, isCompleted: false));

        public override bool TryRead(out ReadResult result) => throw new NotSupportedException();

        public override void AdvanceTo(SequencePosition consumed) => AdvanceTo(consumed, consumed);

        public override void AdvanceTo(SequencePosition consumed, SequencePosition examined) =>
            throw new IOException("The client reset the request stream.");

        public override void CancelPendingRead() { }

        public override void Complete(Exception? exception = null) { }
    }
}
