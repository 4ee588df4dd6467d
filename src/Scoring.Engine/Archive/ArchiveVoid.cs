using Scoring.Core.Names;
using Scoring.Core.Time;
using Scoring.Engine.Storage;

namespace Scoring.Engine.Archive;

/// <summary>What was removed at an entry of the journal, and must not be read any more from files whose last entry lies before it: a customer or an account, an account's id, or names.</summary>
/// <param name="Entry">The entry.</param>
/// <param name="ReceivedAt">When the removal was received.</param>
/// <param name="Row">The row of the customer or account that was deleted, which may have another one since; -1 for none.</param>
/// <param name="AccountId">The account that was deleted; empty for none.</param>
/// <param name="Names">The names that were removed, with all that customers had under them.</param>
internal sealed record ArchiveVoid(
    long Entry,
    Instant ReceivedAt,
    int Row,
    string AccountId,
    IReadOnlyList<KnownName> Names
)
{
    /// <summary>Whether it is about what was taken in up to an entry.</summary>
    public bool Covers(long lastEntry) => lastEntry < Entry;

    /// <summary>Whether a customer's records up to an entry are void.</summary>
    public bool CoversRow(int row, long lastEntry) => Row == row && Covers(lastEntry);

    /// <summary>The rows whose records up to an entry are void.</summary>
    public static HashSet<int> RowsOf(IEnumerable<ArchiveVoid> voids, long lastEntry) =>
        [.. voids.Where(of => of.Row >= 0 && of.Covers(lastEntry)).Select(of => of.Row)];

    /// <summary>Whether it is the same removal, which a replay comes upon again.</summary>
    public bool IsSame(ArchiveVoid other) =>
        Entry == other.Entry && Row == other.Row && AccountId == other.AccountId && Names.SequenceEqual(other.Names);

    public void Write(BlobWriter target)
    {
        target.Int64(Entry);
        target.Int64(ReceivedAt.Ticks);
        target.Int32(Row);
        target.Text(AccountId);
        target.UInt16(Names.Count);
        foreach (var (kind, name) in Names)
        {
            target.Byte((byte)kind);
            target.Text(name);
        }
    }

    public static ArchiveVoid Read(ref BlobReader reader) =>
        new(
            reader.Int64(),
            new(reader.Int64()),
            reader.Int32(),
            reader.Text(),
            reader.Many(reader.UInt16(), (ref BlobReader name) => new KnownName((NameKind)name.Byte(), name.Text()))
        );
}
