using Scoring.Engine.Storage;

namespace Scoring.Engine.Journal;

/// <summary>The share of a call that goes to one partition as one command.</summary>
internal readonly record struct WritePart(
    WriteCall Call,
    int Partition,
    CommandKind Kind,
    int Workspace,
    BlobWriter Payload
)
{
    /// <summary>Bytes that it takes up in the queue and in the journal.</summary>
    public int Bytes { get; } = Command.HeaderBytes + Payload.Length;

    public Command ToCommand() =>
        new()
        {
            Kind = Kind,
            Workspace = Workspace,
            ReceivedAt = Call.ReceivedAt,
            Payload = Payload.Written,
        };
}
