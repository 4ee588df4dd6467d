using System.Buffers;
using System.IO.Pipelines;
using System.Runtime.CompilerServices;
using Scoring.Rpc.Compression;

namespace Scoring.Rpc.Messages;

/// <summary>Takes enveloped messages off a pipe, one at a time, parsing them where they lie.</summary>
/// <remarks>A message over the limit is refused by its prefix, before any of it is buffered.</remarks>
internal sealed class EnvelopeReader(PipeReader pipe, MessageLimit limit, IMessageFormat format)
{
    private static readonly ProtobufFormat Protobuf = new(StatusCode.Internal);

    private bool _ended;

    /// <summary>Reads protobuf, of which a message that cannot be read is INTERNAL, as gRPC has it.</summary>
    public EnvelopeReader(PipeReader pipe, MessageLimit limit)
        : this(pipe, limit, Protobuf) { }

    /// <summary>How the peer says that it compresses; null while it does not.</summary>
    public MessageEncoding? Encoding { get; set; }

    /// <summary>Whether the message that was read last came compressed.</summary>
    public bool WasCompressed { get; private set; }

    /// <summary>The next message, or null at the end of the stream.</summary>
    /// <exception cref="RpcException">The stream is malformed, cut off, or the message too large.</exception>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public async ValueTask<object?> ReadAsync(MessageDecoder decoder, CancellationToken cancellationToken)
    {
        while (!_ended)
        {
            var result = await pipe.ReadOrCancelAsync(cancellationToken);
            var buffer = result.Buffer;
            object? message = null;
            try
            {
                message = TryTake(ref buffer, decoder);
                if (result.IsCompleted)
                {
                    CheckEnd(buffer, hasMessage: message is not null);
                }
            }
            finally
            {
                pipe.Advance(buffer.Start, message is null ? buffer.End : buffer.Start);
            }

            if (message is not null)
            {
                return message;
            }
        }

        return null;
    }

    /// <summary>The one message of a side that is not a stream.</summary>
    /// <exception cref="RpcException">There is none, or more than one.</exception>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public async ValueTask<object> ReadSingleAsync(MessageDecoder decoder, CancellationToken cancellationToken)
    {
        var message =
            await ReadAsync(decoder, cancellationToken)
            ?? throw new RpcException(StatusCode.Unimplemented, "One message was expected and none came.");
        if (!_ended && await ReadAsync(decoder, cancellationToken) is not null)
        {
            throw new RpcException(StatusCode.Unimplemented, "One message was expected and more than one came.");
        }

        return message;
    }

    private object? TryTake(ref ReadOnlySequence<byte> buffer, MessageDecoder decoder)
    {
        if (!EnvelopePrefix.TryRead(buffer, out var prefix))
        {
            return null;
        }

        if ((prefix.Flags & ~EnvelopePrefix.Compressed) != 0)
        {
            throw new RpcException(StatusCode.Internal, $"A message has unknown flags {prefix.Flags:X2}.");
        }

        limit.Check(prefix.Length);
        if (buffer.Length < EnvelopePrefix.Size + prefix.Length)
        {
            return null;
        }

        var payload = buffer.Slice(EnvelopePrefix.Size, prefix.Length);
        buffer = buffer.Slice(payload.End);
        WasCompressed = prefix.IsCompressed;
        return prefix.IsCompressed ? DecodeCompressed(payload, decoder) : decoder.Decode(payload, format);
    }

    private object DecodeCompressed(in ReadOnlySequence<byte> payload, MessageDecoder decoder)
    {
        if (Encoding is null)
        {
            throw new RpcException(StatusCode.Internal, "A message is flagged as compressed and no encoding is named.");
        }

        using var plain = Encoding.Decompress(payload, limit, format.Malformed);
        return decoder.Decode(new ReadOnlySequence<byte>(plain.WrittenMemory), format);
    }

    private void CheckEnd(in ReadOnlySequence<byte> rest, bool hasMessage)
    {
        if (rest.IsEmpty)
        {
            _ended = true;
        }
        else if (!hasMessage)
        {
            throw new RpcException(format.Malformed, "The stream ended within a message.");
        }
    }
}
