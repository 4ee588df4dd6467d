using System.Buffers;
using System.IO.Pipelines;
using System.Text;
using Scoring.Rpc.Messages;
using Scoring.Rpc.Protocols.GrpcWeb;

namespace Scoring.Rpc.FuzzTests.Parsers;

public sealed class WebTextFuzz
{
    private static readonly ProtobufFormat Format = new(StatusCode.Internal);

    [Fact]
    public void A_body_in_base64_is_decoded_up_to_its_first_fault_however_it_is_cut() =>
        Fuzz.Run(
            "web-text",
            MessageReading.MaxAllocated,
            (input, random) =>
            {
                var body = random.Next(3) == 0 ? Chunks(input, random) : input;
                var (expected, isBase64) = Naive(body);

                foreach (var pipe in Pipes(body, random))
                {
                    var decoded = new MemoryStream();
                    Assert.Equal(isBase64, TryDecode(pipe, decoded, new byte[random.Next(3, 5000)]));
                    Assert.True(
                        decoded.ToArray().AsSpan().SequenceEqual(expected),
                        $"The bytes are others: {Encoding.Latin1.GetString(body)}"
                    );
                }
            },
            tokens: ["=", "==", "A===", "AAA=", "AA==", "\r\n", " ", "-_", "\0"]
        );

    [Fact]
    public void Envelopes_in_base64_give_the_same_however_they_are_cut() =>
        Fuzz.Run(
            "envelopes",
            MessageReading.MaxAllocated,
            (input, random) =>
            {
                var body = Chunks(MessageReading.Envelope(input, random), random);
                if (random.Next(4) == 0 && body.Length > 0)
                {
                    body[random.Next(body.Length)] = (byte)random.Next(256);
                }

                var read = Pipes(body, random)
                    .Select(pipe =>
                        MessageReading.ReadAll(PipeReader.Create(new Base64Stream(pipe)), Format, encoding: null)
                    )
                    .ToArray();

                Assert.Equal(read[0].Error, read[1].Error);
                Assert.True(read[0].Messages.SequenceEqual(read[1].Messages), "The messages depend on the cuts.");
            },
            share: 0.5
        );

    private static PipeReader[] Pipes(byte[] body, Random random) =>
        [PipeReader.Create(new ReadOnlySequence<byte>(body)), Chopped.Pipe(body, random)];

    /// <summary>Bytes as a client sends them: every piece is base64 of its own, padded.</summary>
    private static byte[] Chunks(byte[] bytes, Random random)
    {
        var text = new StringBuilder();
        for (var at = 0; at < bytes.Length; )
        {
            var length = Math.Min(bytes.Length - at, random.Next(1, 2 + (bytes.Length / 2)));
            text.Append(Convert.ToBase64String(bytes, at, length));
            at += length;
        }

        return Encoding.ASCII.GetBytes(text.ToString());
    }

    private static bool TryDecode(PipeReader pipe, MemoryStream decoded, byte[] buffer)
    {
        var stream = new Base64Stream(pipe);
        try
        {
            while (MessageReading.Now(stream.ReadAsync(buffer)) is > 0 and var read)
            {
                decoded.Write(buffer, 0, read);
            }

            return true;
        }
        catch (RpcException error)
        {
            Assert.Equal(StatusCode.Internal, error.Code);
            return false;
        }
    }

    /// <summary>Four characters at a time.</summary>
    private static (byte[] Bytes, bool IsBase64) Naive(byte[] body)
    {
        var bytes = new List<byte>();
        Span<byte> three = stackalloc byte[3];
        for (var at = 0; at < body.Length; at += 4)
        {
            var group = Encoding.Latin1.GetString(body.AsSpan(at, Math.Min(4, body.Length - at)));
            // Bits that stand for nothing must be zero.
            if (
                !Convert.TryFromBase64String(group, three, out var length)
                || length == 0
                || Convert.ToBase64String(three[..length]) != group
            )
            {
                return ([.. bytes], false);
            }

            bytes.AddRange(three[..length]);
        }

        return ([.. bytes], true);
    }
}
