using System.Buffers;
using System.Buffers.Text;
using System.IO.Pipelines;
using Scoring.Rpc.Messages;

namespace Scoring.Rpc.Protocols.GrpcWeb;

/// <summary>Reads a body that is base64, possibly in several padded chunks one behind the other.</summary>
internal sealed class Base64Stream(PipeReader source) : ReadOnlyStream
{
    private const int Group = 4;
    private const int BytesOfGroup = 3;

    /// <param name="buffer">Takes at least three bytes.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="RpcException">The body is not base64, or ends within a group of four.</exception>
    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        while (true)
        {
            var result = await source.ReadOrCancelAsync(cancellationToken);
            var text = result.Buffer;
            var groups = (int)Math.Min(text.Length / Group, buffer.Length / BytesOfGroup);
            if (groups == 0)
            {
                source.Advance(text.Start, text.End);
                if (!result.IsCompleted)
                {
                    continue;
                }

                return text.IsEmpty ? 0 : throw NotBase64();
            }

            var (read, written) = Decode(text.Slice(0, groups * Group), buffer.Span);
            // Also before a fault is told: a server must be able to read what is left of the body.
            var taken = text.GetPosition(read);
            source.Advance(taken, taken);
            return read > 0 ? written : throw NotBase64();
        }
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    /// <summary>Decodes as far as the first padding, behind which a new chunk begins, or the first fault; nothing if that comes at once.</summary>
    private static (int Read, int Written) Decode(in ReadOnlySequence<byte> text, Span<byte> output)
    {
        var rented = ArrayPool<byte>.Shared.Rent((int)text.Length);
        try
        {
            text.CopyTo(rented);
            var digits = rented.AsSpan(0, (int)text.Length);
            var padding = digits.IndexOf((byte)'=');
            if (padding >= 0)
            {
                digits = digits[..((padding / Group * Group) + Group)];
            }

            // The decoder skips white space, which would move the groups.
            var space = digits.IndexOfAny(" \t\r\n"u8);
            if (space >= 0)
            {
                digits = digits[..(space / Group * Group)];
            }

            // What comes before a fault is given, so that what a call sees does not depend on how its bytes were cut.
            _ = Base64.DecodeFromUtf8(digits, output, out var read, out var written);
            return (read / Group * Group, written);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(rented);
        }
    }

    private static RpcException NotBase64() => new(StatusCode.Internal, "The body is not valid base64.");
}
