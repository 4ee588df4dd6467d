using System.Buffers.Binary;
using Scoring.Core.Time;
using Scoring.Engine.Storage;

namespace Scoring.Engine.Journal;

/// <summary>One command as it stands in a journal entry, which is one command after the other.</summary>
internal readonly ref struct Command
{
    /// <summary>Bytes before the payload.</summary>
    public const int HeaderBytes = 1 + sizeof(ushort) + sizeof(long) + sizeof(int);

    public required CommandKind Kind { get; init; }

    /// <summary>The workspace's number.</summary>
    public required int Workspace { get; init; }

    /// <summary>When the service received it, by its clock.</summary>
    public required Instant ReceivedAt { get; init; }

    public required ReadOnlySpan<byte> Payload { get; init; }

    /// <summary>Writes the command; gives its length.</summary>
    public int Write(Span<byte> target)
    {
        target[0] = (byte)Kind;
        BinaryPrimitives.WriteUInt16LittleEndian(target[1..], checked((ushort)Workspace));
        BinaryPrimitives.WriteInt64LittleEndian(target[3..], ReceivedAt.Ticks);
        BinaryPrimitives.WriteInt32LittleEndian(target[11..], Payload.Length);
        Payload.CopyTo(target[HeaderBytes..]);
        return HeaderBytes + Payload.Length;
    }

    public static Command Read(ref BlobReader entry) =>
        new()
        {
            Kind = (CommandKind)entry.Byte(),
            Workspace = entry.UInt16(),
            ReceivedAt = new(entry.Int64()),
            Payload = entry.Bytes(entry.Int32()),
        };
}
