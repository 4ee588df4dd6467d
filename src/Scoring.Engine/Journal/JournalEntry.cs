using Scoring.Engine.Storage;

namespace Scoring.Engine.Journal;

/// <summary>Commands of one partition that are committed as one row and applied in one go.</summary>
internal sealed class JournalEntry(int partition, long number) : IDisposable
{
    /// <summary>
    /// Size from which on the next command opens another entry: large enough that a row costs nothing beside its bytes, small enough to be
    /// applied within about a millisecond.
    /// </summary>
    public const int FullBytes = 64 * 1_024;

    // Room for a part that comes when the entry is nearly full.
    private readonly BlobWriter _blob = new(2 * FullBytes);

    public int Partition { get; } = partition;

    /// <summary>Number in the partition.</summary>
    public long Number { get; } = number;

    public List<WritePart> Parts { get; } = [];

    public bool IsFull => _blob.Length >= FullBytes;

    /// <summary>The commands, without the checksum.</summary>
    public ReadOnlySpan<byte> Content => _blob.Written[..^Checksum.Bytes];

    /// <summary>The commands, with room for the checksum.</summary>
    public Span<byte> Blob => _blob.Written;

    public void Add(WritePart part)
    {
        part.ToCommand(part.Call.ReceivedAt).Write(_blob);
        Parts.Add(part);
    }

    /// <summary>Ends the entry.</summary>
    public void Close() => _blob.Fixed(Checksum.Bytes).Clear();

    public void Dispose() => _blob.Dispose();
}
