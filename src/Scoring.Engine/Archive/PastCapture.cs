using Scoring.Core.History;
using Scoring.Engine.Storage;

namespace Scoring.Engine.Archive;

/// <summary>What a share's archive had of one customer at one moment: records in memory, and the files to read the others from, which need no longer be held.</summary>
internal sealed class PastCapture
{
    private readonly ShareArchive _archive;
    private readonly int _row;
    private readonly string _customerId;
    private readonly IReadOnlyList<ArchiveVoid> _voids;
    private readonly ArchiveContents _contents;
    private readonly PastRecords _newest = new();

    private readonly ulong _digest;

    /// <summary>Takes what there is. The partition is entered for reading.</summary>
    /// <param name="archive">The archive.</param>
    /// <param name="row">The customer's row.</param>
    /// <param name="customerId">The customer.</param>
    /// <param name="digest">What it is known by now.</param>
    public PastCapture(ShareArchive archive, int row, string customerId, ulong digest)
    {
        (_archive, _row, _customerId, _digest) = (archive, row, customerId, digest);
        // The voids first: some too many hide nothing that later files have.
        (_voids, _contents) = (archive.Voids, archive.Contents);
        Add(archive.Tail, _newest, Removal.None);
    }

    /// <summary>Reads the files, and gives all there is; null when a checkpoint has made one needless meanwhile, so that it is to be captured anew.</summary>
    /// <exception cref="StoreException">A file cannot be read.</exception>
    public CustomerPast? Read(ICheckpointStore store, int partition)
    {
        var records = new PastRecords();
        try
        {
            foreach (var file in _contents.Files.Where(file => IsOwner(file.LastEntry)))
            {
                var index = _archive.IndexOf(store, partition, file);
                if (!index.Contains(_row))
                {
                    continue;
                }
                using var reader = new ArchiveReader(store, partition, file, index);
                if (reader.Find(_row) is { } found)
                {
                    records.Add(found.Events.Span, found.Changes, found.Names, Removal.Of(_voids, file.LastEntry));
                }
            }
        }
        catch (StoreException) when (_archive.Contents.Files != _contents.Files)
        {
            return null;
        }
        if (_contents.Frozen is { } frozen && IsOwner(_contents.FrozenEntry))
        {
            Add(frozen, records, Removal.Of(_voids, _contents.FrozenEntry));
        }
        records.Add(_newest);
        return new(_customerId, _contents.CompleteSince, records.Events, records.Changes) { Digest = _digest };
    }

    /// <summary>Whether anything up to an entry is the customer's, and not that of one before it in the same row.</summary>
    private bool IsOwner(long lastEntry) => !_voids.Any(of => of.CoversRow(_row, lastEntry));

    private void Add(ArchiveTail tail, PastRecords records, Removal removed)
    {
        var events = new List<ArchivedEvent>();
        foreach (ref readonly var item in tail.Events)
        {
            if (item.Row == _row)
            {
                events.Add(item);
            }
        }
        records.Add([.. events], tail.Changes.Where(change => change.Row == _row), tail, removed);
    }
}
