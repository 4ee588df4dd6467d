using Scoring.Engine.Journal;
using Scoring.Engine.Storage;

namespace Scoring.Engine.Files;

/// <summary>A small file that says where the journal begins and which files it has: one that is missing is noticed, the newest too.</summary>
/// <param name="Start">The frame before the oldest that may be needed.</param>
/// <param name="Segments">Bytes of each segment, by number.</param>
internal sealed record JournalIndex(FrameLink Start, IReadOnlyDictionary<int, long> Segments)
{
    /// <summary>A journal that nothing was written to.</summary>
    public static JournalIndex Empty { get; } = new(default, new Dictionary<int, long>());

    /// <exception cref="StoreFailure">As for <see cref="CheckedFile.Replace"/>.</exception>
    public void Write(string path, long identity, DirectoryLock? held, Action<CommitStep>? probe = null)
    {
        using var blob = new BlobWriter();
        blob.Int64(Start.Sequence);
        blob.Int64(unchecked((long)Start.Checksum));
        foreach (var (number, length) in Segments)
        {
            blob.Int32(number);
            blob.Int64(length);
        }
        CheckedFile.Replace(path, identity, blob.Written, held, probe);
    }

    /// <exception cref="StoreException">It is missing, damaged or another store's.</exception>
    public static JournalIndex Read(string path, long identity)
    {
        return BlobReader.Parse(path, CheckedFile.Read(path, identity), Read);

        static JournalIndex Read(ref BlobReader reader)
        {
            var segments = new Dictionary<int, long>();
            var start = new FrameLink(reader.Int64(), unchecked((ulong)reader.Int64()));
            while (!reader.AtEnd)
            {
                segments.Add(reader.Int32(), reader.Int64());
            }
            return new(start, segments);
        }
    }
}
