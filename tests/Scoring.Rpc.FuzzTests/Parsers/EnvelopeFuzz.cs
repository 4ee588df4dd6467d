using System.Buffers;
using System.IO.Pipelines;
using Scoring.Rpc.Compression;
using Scoring.Rpc.Json;
using Scoring.Rpc.Messages;
using Scoring.Rpc.Tests.Protos;

namespace Scoring.Rpc.FuzzTests.Parsers;

public sealed class EnvelopeFuzz
{
    private static readonly IMessageFormat[] Formats =
    [
        new ProtobufFormat(StatusCode.Internal),
        new ProtobufFormat(StatusCode.InvalidArgument),
        new JsonFormat(new JsonMapping([AskReflection.Descriptor]), Question.Descriptor),
    ];

    [Fact]
    public void Envelopes_give_messages_or_an_error_however_they_are_cut() =>
        Fuzz.Run(
            "envelopes",
            MessageReading.MaxAllocated,
            (input, random) =>
            {
                var bytes = MessageReading.Envelope(input, random);
                var format = Formats[random.Next(Formats.Length)];
                var encoding = random.Next(4) == 0 ? null : MessageEncoding.Gzip;

                var whole = MessageReading.ReadAll(
                    PipeReader.Create(new ReadOnlySequence<byte>(bytes)),
                    format,
                    encoding
                );
                var chopped = MessageReading.ReadAll(Chopped.Pipe(bytes, random), format, encoding);

                Assert.Equal(whole.Error, chopped.Error);
                Assert.True(whole.Messages.SequenceEqual(chopped.Messages), "The messages depend on the cuts.");
            }
        );
}
