using Scoring.Core.Time;
using Scoring.Engine.Storage;

namespace Scoring.Engine.Journal;

/// <summary>One command as it stands in a journal entry, which is a row of commands.</summary>
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

    public void Write(BlobWriter entry)
    {
        entry.Byte((byte)Kind);
        entry.UInt16(Workspace);
        entry.Int64(ReceivedAt.Ticks);
        entry.Int32(Payload.Length);
        entry.Bytes(Payload);
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
