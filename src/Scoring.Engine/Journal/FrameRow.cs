using Scoring.Engine.Storage;

namespace Scoring.Engine.Journal;

/// <summary>The entries of one partition in a group commit.</summary>
/// <param name="Partition">The partition.</param>
/// <param name="First">Number of the first; the others follow without gaps.</param>
/// <param name="Count">How many there are, at least one.</param>
/// <param name="Content">Their stored form.</param>
public readonly record struct FrameRow(int Partition, long First, int Count, ReadOnlyMemory<byte> Content)
{
    /// <summary>The entries of a row as a log gives them back.</summary>
    /// <param name="partition">The partition that it is of.</param>
    /// <param name="first">Number of the first.</param>
    /// <param name="content">Their stored form.</param>
    /// <param name="place">What to name of the row in messages.</param>
    /// <exception cref="StoreException">The content is malformed.</exception>
    public static IEnumerable<LogEntry> Read(int partition, long first, ReadOnlyMemory<byte> content, string place)
    {
        for (var at = 0; at < content.Length; first++)
        {
            if (
                !EntryHeader.TryRead(content.Span[at..], out var header)
                || header.Partition != partition
                || header.Number != first
            )
            {
                throw StoreErrors.Damaged(
                    place,
                    $"what stands at byte {at} is not entry {first} of partition {partition}"
                );
            }
            at += EntryHeader.Bytes;
            yield return new(first, header.Applied, content.Slice(at, header.Length), place, at);
            at += header.Length;
        }
    }
}
