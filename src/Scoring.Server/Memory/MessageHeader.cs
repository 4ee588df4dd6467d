using System.Buffers;
using System.Buffers.Binary;
using System.IO.Pipelines;

namespace Scoring.Server.Memory;

/// <summary>What stands before a message of gRPC: how long it is.</summary>
/// <param name="IsCompressed">Whether it is compressed.</param>
/// <param name="Length">Its bytes, as they are sent.</param>
internal readonly record struct MessageHeader(bool IsCompressed, long Length)
{
    private const int Bytes = 5;

    // The bytes that arrive are counted as they do. The message, or a copy of it, and what is made of it come beside.
    private const int Copies = 2;

    /// <summary>Waits for the next one and leaves it where it is. Empty if the body has ended.</summary>
    /// <exception cref="OperationCanceledException">The wait was cancelled.</exception>
    public static async ValueTask<MessageHeader> PeekAsync(PipeReader body)
    {
        while (true)
        {
            var read = await body.ReadAsync();
            if (read.IsCanceled)
            {
                body.AdvanceTo(read.Buffer.Start);
                throw new OperationCanceledException("The wait for a message was cancelled.");
            }
            if (read.Buffer.Length >= Bytes || read.IsCompleted)
            {
                var header = Read(read.Buffer);
                body.AdvanceTo(read.Buffer.Start);
                return header;
            }
            body.AdvanceTo(read.Buffer.Start, read.Buffer.End);
        }
    }

    /// <summary>Looks whether the next one has arrived, and leaves it where it is.</summary>
    public static bool TryPeek(PipeReader body, out MessageHeader header)
    {
        header = default;
        if (!body.TryRead(out var read))
        {
            return false;
        }
        var hasArrived = read.Buffer.Length >= Bytes;
        header = hasArrived ? Read(read.Buffer) : default;
        body.AdvanceTo(read.Buffer.Start);
        return hasArrived;
    }

    /// <summary>Takes memory for the message, unless it is no more than every call needs, or so long that it is refused for that. What it expands to is taken as it does.</summary>
    /// <param name="http">The call.</param>
    /// <param name="mostBytes">Most that a message may have.</param>
    /// <returns>What was taken.</returns>
    /// <exception cref="Grpc.Core.RpcException">RESOURCE_EXHAUSTED: there is not so much left.</exception>
    public long Take(HttpContext http, int mostBytes)
    {
        if (Length <= CallMemory.SmallMessage || Length > mostBytes)
        {
            return 0;
        }
        CallMemory.Of(http).Take(Copies * Length);
        return Copies * Length;
    }

    private static MessageHeader Read(ReadOnlySequence<byte> buffer)
    {
        if (buffer.Length < Bytes)
        {
            return default;
        }
        Span<byte> bytes = stackalloc byte[Bytes];
        buffer.Slice(0, Bytes).CopyTo(bytes);
        return new(bytes[0] == 1, BinaryPrimitives.ReadUInt32BigEndian(bytes[1..]));
    }
}
