using Scoring.Core.Time;
using Scoring.Engine.Storage;

namespace Scoring.Engine.Archive;

/// <summary>What the store holds of the archive of one workspace in one partition.</summary>
/// <param name="CompleteSince">From when on everything is kept; <see cref="Instant.MinValue"/> when nothing was before.</param>
/// <param name="AccountsSince">From when on changes of accounts are kept, too; the last instant there is where they are not kept yet.</param>
/// <param name="Files">Its files, in the order in which what they hold was taken in.</param>
/// <param name="Voids">What must not be read from them, in the order of the entries.</param>
internal sealed record ArchiveState(
    Instant CompleteSince,
    Instant AccountsSince,
    IReadOnlyList<ArchiveFile> Files,
    IReadOnlyList<ArchiveVoid> Voids
)
{
    /// <summary>That of a workspace in which nothing was recorded yet.</summary>
    public static ArchiveState Empty { get; } = new(Instant.MinValue, Instant.MinValue, [], []);

    /// <summary>The instant that stands for none.</summary>
    public static Instant Never { get; } = new(long.MaxValue);

    /// <summary>Whether there is nothing to be stored.</summary>
    public bool IsEmpty =>
        CompleteSince == Instant.MinValue && AccountsSince == Instant.MinValue && Files.Count == 0 && Voids.Count == 0;

    /// <summary>Whether changes of accounts are kept.</summary>
    public bool KeepsAccounts => AccountsSince != Never;

    public void Write(BlobWriter target)
    {
        target.Int64(CompleteSince.Ticks);
        target.Int64(AccountsSince.Ticks);
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

    /// <summary>Reads what was written.</summary>
    /// <param name="reader">From here on.</param>
    /// <param name="withAccounts">Whether it was written since changes of accounts are kept.</param>
    public static ArchiveState Read(ref BlobReader reader, bool withAccounts) =>
        new(
            new(reader.Int64()),
            withAccounts ? new(reader.Int64()) : Never,
            reader.Many(reader.UInt16(), ArchiveFile.Read),
            reader.Many(reader.Int32(), ArchiveVoid.Read)
        );
}
