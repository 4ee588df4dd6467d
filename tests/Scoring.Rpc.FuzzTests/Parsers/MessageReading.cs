using System.Buffers.Binary;
using System.IO.Compression;
using System.IO.Pipelines;
using Scoring.Rpc.Compression;
using Scoring.Rpc.Messages;
using Scoring.Rpc.Tests.Protos;

namespace Scoring.Rpc.FuzzTests.Parsers;

/// <summary>Reads all messages of a pipe as a call does.</summary>
internal static class MessageReading
{
    private static readonly ParsedMessages Decoder = new(Question.Parser);

    public static readonly MessageLimit Limit = new(32 * 1024, "Fuzz.Limit");

    /// <summary>
    /// A message takes many times its own size as objects: two bytes of an empty message within another make one of some hundred. On top the
    /// segments that the input is cut into.
    /// </summary>
    public static long MaxAllocated(int length) => 300_000 + (600L * (length + Limit.Bytes));

    /// <summary>The messages as bytes, and how the stream ended: null for its proper end, otherwise code and message.</summary>
    public static (List<Question> Messages, string? Error) ReadAll(
        PipeReader pipe,
        IMessageFormat format,
        MessageEncoding? encoding
    )
    {
        var reader = new EnvelopeReader(pipe, Limit, format) { Encoding = encoding };
        var messages = new List<Question>();
        try
        {
            while (Now(reader.ReadAsync(Decoder, CancellationToken.None)) is { } message)
            {
                messages.Add((Question)message);
            }

            return (messages, null);
        }
        catch (RpcException error)
        {
            Assert.True(
                error.Code == format.Malformed || error.Code is StatusCode.ResourceExhausted or StatusCode.Internal,
                error.Code.ToString()
            );
            Assert.InRange(error.Message.Length, 1, 1000);
            return (messages, $"{error.Code}: {error.Message}");
        }
    }

    /// <summary>Nothing that a test reads from has to be waited for.</summary>
    public static T Now<T>(ValueTask<T> task)
    {
        Assert.True(task.IsCompleted, "The read waits for what is there already.");
        return task.GetAwaiter().GetResult();
    }

    /// <summary>Half of the inputs go in as they are, the others as what a proper envelope holds, so that the message is reached too.</summary>
    public static byte[] Envelope(byte[] input, Random random)
    {
        if (random.Next(2) == 0)
        {
            return input;
        }

        var compressed = random.Next(2) == 0;
        var payload = compressed ? Gzip(input) : input;
        var envelope = new byte[5 + payload.Length];
        envelope[0] = (byte)(compressed ? 1 : 0);
        BinaryPrimitives.WriteUInt32BigEndian(envelope.AsSpan(1), (uint)payload.Length);
        payload.CopyTo(envelope, 5);
        return envelope;
    }

    private static byte[] Gzip(byte[] plain)
    {
        var output = new MemoryStream();
        using (var gzip = new GZipStream(output, CompressionLevel.Fastest, leaveOpen: true))
        {
            gzip.Write(plain);
        }

        return output.ToArray();
    }
}
