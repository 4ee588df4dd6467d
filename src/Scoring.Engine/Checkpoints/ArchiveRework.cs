using System.Text;
using Scoring.Core.History;
using Scoring.Core.Populations;
using Scoring.Core.Time;
using Scoring.Engine.Archive;
using Scoring.Engine.Partitions;
using Scoring.Engine.Storage;

namespace Scoring.Engine.Checkpoints;

/// <summary>Makes files of an archive anew: many become one, what was deleted goes, and what is kept no longer becomes what is known of customers by then.</summary>
/// <param name="partition">The partition.</param>
/// <param name="share">The workspace.</param>
/// <param name="store">Where the files go.</param>
/// <param name="create">Gives the number of a file that is to be made.</param>
/// <param name="files">The files that there are.</param>
internal sealed class ArchiveRework(
    Partition partition,
    WorkspaceShare share,
    ICheckpointStore store,
    Func<long> create,
    IReadOnlyList<ArchiveFile> files
)
{
    /// <summary>For so long what was removed may stay in files, where nobody reads it, if they are long: many removals cost no more than one.</summary>
    public static readonly TimeSpan ErasureDelay = TimeSpan.FromMinutes(30);

    // So much is made anew at once.
    private const long ShortBytes = 4 << 20;
    private const int CustomersTogether = 256;
    private readonly List<ArchiveFile> _files = [.. files];
    private bool _isErased;

    /// <summary>What is not to be read of the files.</summary>
    public IReadOnlyList<ArchiveVoid> Voids { get; set; } = [];

    /// <summary>The files that there are by now.</summary>
    public IReadOnlyList<ArchiveFile> Files => _files;

    /// <summary>What is still not to be read of them.</summary>
    public IReadOnlyList<ArchiveVoid> Left => _isErased ? [] : Voids;

    /// <summary>From when on everything is kept, if something is kept no longer.</summary>
    public Instant CompleteSince { get; private set; } = Instant.MinValue;

    /// <summary>Whether there is something to be done, though nothing came.</summary>
    public static bool HasWork(WorkspaceShare share, ArchiveState? stored, ArchiveUpkeep upkeep) =>
        stored is not null
        && share.Archive is { } archive
        && (
            ArchivePlan.Next(stored.Files, upkeep.Now) is not null
            || ArchivePlan.Expired(stored.Files, upkeep.KeptFrom).Count > 0
            || IsDue(archive.Voids, upkeep.Now)
        );

    /// <summary>Adds a file behind the others; null for none.</summary>
    public void Add(ArchiveFile? file)
    {
        if (file is not null)
        {
            _files.Add(file);
        }
    }

    /// <summary>Does what is to be done, a piece for each element. Where a file cannot be read, it stays as it is, and so does what else was to be done.</summary>
    /// <exception cref="StoreFailure">A file could not be written.</exception>
    public IEnumerable<bool> Pieces(ArchiveUpkeep upkeep)
    {
        using var work = All(upkeep).GetEnumerator();
        while (true)
        {
            try
            {
                if (!work.MoveNext())
                {
                    yield break;
                }
            }
            catch (StoreException e)
            {
                upkeep.Unreadable(e);
                yield break;
            }
            yield return true;
        }
    }

    private IEnumerable<bool> All(ArchiveUpkeep upkeep)
    {
        while (ArchivePlan.Next(_files, upkeep.Now) is { } next)
        {
            foreach (var _ in Merge(next.Files, next.Level))
            {
                yield return true;
            }
        }
        foreach (var _ in Voids.Count == 0 ? [] : Erase(upkeep.Now))
        {
            yield return true;
        }
        foreach (var _ in ArchivePlan.Expired(_files, upkeep.KeptFrom) is { Count: > 0 } expired ? Fold(expired) : [])
        {
            yield return true;
        }
    }

    private static bool IsDue(IReadOnlyList<ArchiveVoid> voids, Instant now) =>
        voids.Count > 0 && voids[0].ReceivedAt + ErasureDelay <= now;

    /// <summary>Makes one file of some.</summary>
    private IEnumerable<bool> Merge(IReadOnlyList<ArchiveFile> merged, int level)
    {
        var readers = Open(merged);
        try
        {
            using var writer = new ArchiveWriter(store, partition.Index, create(), compress: true);
            HashSet<int>[] deleted = [.. merged.Select(file => ArchiveVoid.RowsOf(Voids, file.LastEntry))];
            var merge = new ArchiveMerge(
                readers,
                writer,
                (input, row) => deleted[input].Contains(row),
                [.. merged.Select(file => Removal.Of(Voids, file.LastEntry))]
            );
            for (var step = 1; merge.Step(); step++)
            {
                if (step % ArchiveCheckpoint.ChunksTogether == 0)
                {
                    yield return true;
                }
            }
            Replace(merged, merge.Complete(level));
        }
        finally
        {
            readers.ForEach(reader => reader.Dispose());
        }
        yield return true;
    }

    /// <summary>Makes anew the files that hold what is void.</summary>
    private IEnumerable<bool> Erase(Instant now)
    {
        var holding = _files.Where(HoldsVoid).ToList();
        if (!IsDue(Voids, now) && holding.Sum(file => file.Bytes) > ShortBytes)
        {
            yield break;
        }
        foreach (var file in holding)
        {
            foreach (var _ in Merge([file], file.Level))
            {
                yield return true;
            }
        }
        _isErased = true;
    }

    private bool HoldsVoid(ArchiveFile file)
    {
        var index = IndexOf(file);
        return Voids.Any(of => of.Covers(file.LastEntry) && (of.Row < 0 || index.Contains(of.Row)));
    }

    /// <summary>Puts what is known of customers after some files in the place of these, and what they hold of events that were voided later.</summary>
    private IEnumerable<bool> Fold(IReadOnlyList<ArchiveFile> folded)
    {
        var corrections = new LaterCorrections();
        var kept = Open([.. _files.Except(folded).Where(file => file.Changes > 0)]);
        var readers = Open(folded);
        try
        {
            foreach (var _ in kept.SelectMany(reader => corrections.Add(reader, Voids)))
            {
                yield return true;
            }
            var since = folded.Max(file => file.LastReceipt);
            using var writer = new ArchiveWriter(store, partition.Index, create(), compress: true);
            var places = readers.Zip(folded, (reader, file) => (CustomersByRow.Of(reader), file.LastEntry));
            foreach (var some in PastRows.Of(places, Voids).Chunk(CustomersTogether))
            {
                Fold(some, since, corrections, writer);
                yield return true;
            }
            var last = folded.Max(file => file.LastEntry);
            Replace(folded, writer.Complete(share.Number, ArchivePlan.OpeningLevel, afterEntry: 0, last));
            CompleteSince = since;
        }
        finally
        {
            kept.ForEach(reader => reader.Dispose());
            readers.ForEach(reader => reader.Dispose());
        }
        yield return true;
    }

    private static void FoldAccount(int row, AccountPast past, Instant since, ArchiveTail left)
    {
        var account = new AccountReplay(past);
        account.MoveTo(new(long.MaxValue));
        if (account.Record is { } record)
        {
            left.Add(row, ChangeKind.AccountOpening, since, ChangeCodec.Of(record));
        }
    }

    private void Fold(
        (int Row, PastRecords Records)[] customers,
        Instant since,
        LaterCorrections corrections,
        ArchiveWriter writer
    )
    {
        var population = new Population(share.Settings);
        foreach (var (row, records) in customers)
        {
            if (IdOf(row) is not { Length: > 0 } id)
            {
                // Deleted since.
                continue;
            }
            var left = new ArchiveTail();
            if (AccountRows.Contain(row))
            {
                FoldAccount(row, new(id, Instant.MinValue, records.Changes), since, left);
            }
            else
            {
                CustomerPast past = new(id, Instant.MinValue, records.Events, records.Changes);
                var replay = new CustomerReplay(corrections.Divide(row, past, out var voidedLater), population);
                replay.MoveToEnd();
                if (replay.Row >= 0)
                {
                    using var content = new BlobWriter();
                    population.Write(replay.Row, content);
                    left.Add(row, ChangeKind.Opening, since, content.Written.ToArray());
                }
                foreach (var item in voidedLater)
                {
                    left.Add(row, item);
                }
            }
            if (!left.IsEmpty)
            {
                writer.Add(row, left.Events, [.. left.Changes], left);
            }
        }
    }

    private string? IdOf(int row)
    {
        lock (partition.Gate)
        {
            return AccountRows.Contain(row)
                ? share.Accounts[AccountRows.Among(row)]?.AccountId
                : Encoding.UTF8.GetString(share.Population.IdOf(row));
        }
    }

    private void Replace(IReadOnlyList<ArchiveFile> before, ArchiveFile? after)
    {
        var at = _files.IndexOf(before[0]);
        _files.RemoveAll(before.Contains);
        if (after is not null)
        {
            _files.Insert(at, after);
        }
    }

    private List<ArchiveReader> Open(IReadOnlyList<ArchiveFile> opened) =>
        [.. opened.Select(file => new ArchiveReader(store, partition.Index, file, IndexOf(file)))];

    private ArchiveIndex IndexOf(ArchiveFile file) => share.Archive!.IndexOf(store, partition.Index, file);
}
