using Scoring.Core.Time;
using Scoring.Engine.Storage;

namespace Scoring.Engine.Archive;

/// <summary>What the store holds of the archive of one workspace in one partition.</summary>
/// <param name="CompleteSince">From when on everything is kept; <see cref="Instant.MinValue"/> when nothing was before.</param>
/// <param name="Files">Its files, in the order in which what they hold was taken in.</param>
/// <param name="Voids">What must not be read from them, in the order of the entries.</param>
internal sealed record ArchiveState(
    Instant CompleteSince,
    IReadOnlyList<ArchiveFile> Files,
    IReadOnlyList<ArchiveVoid> Voids
)
{
    /// <summary>That of a workspace in which nothing was recorded yet.</summary>
    public static ArchiveState Empty { get; } = new(Instant.MinValue, [], []);

    /// <summary>Whether there is nothing to be stored.</summary>
    public bool IsEmpty => CompleteSince == Instant.MinValue && Files.Count == 0 && Voids.Count == 0;

    public void Write(BlobWriter target)
    {
        target.Int64(CompleteSince.Ticks);
        target.UInt16(Files.Count);
        foreach (var file in Files)
        {
            file.Write(target);
        }
        target.Int32(Voids.Count);
        foreach (var removed in Voids)
        {
            removed.Write(target);
        }
    }

    public static ArchiveState Read(ref BlobReader reader) =>
        new(
            new(reader.Int64()),
            reader.Many(reader.UInt16(), ArchiveFile.Read),
            reader.Many(reader.Int32(), ArchiveVoid.Read)
        );
}
