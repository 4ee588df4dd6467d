using System.Text;
using Scoring.Core.History;
using Scoring.Core.Populations;
using Scoring.Core.Time;
using Scoring.Engine.Storage;

namespace Scoring.Engine.Archive;

/// <summary>Everything that a share's archive had at one moment, customer by customer. The files are open, so that it may be read while others write.</summary>
internal sealed class PastSweep : IDisposable
{
    private readonly IReadOnlyList<ArchiveVoid> _voids;
    private readonly List<(ArchiveReader Reader, ArchiveFile File)> _readers = [];
    private readonly ArchiveTail? _frozen;
    private readonly long _frozenEntry;
    private readonly ArchiveTail _tail = new();
    private readonly string[] _ids;

    /// <summary>Takes what there is. The partition is entered for reading.</summary>
    /// <exception cref="StoreException">A file cannot be opened.</exception>
    public PastSweep(ShareArchive archive, Population population, ICheckpointStore store, int partition)
    {
        // The voids first: some too many hide nothing that later files have.
        _voids = archive.Voids;
        var contents = archive.Contents;
        (_frozen, _frozenEntry, CompleteSince) = (contents.Frozen, contents.FrozenEntry, contents.CompleteSince);
        _tail.Add(archive.Tail);
        _ids = new string[population.Rows];
        for (var row = 0; row < _ids.Length; row++)
        {
            _ids[row] = Encoding.UTF8.GetString(population.IdOf(row));
        }
        try
        {
            foreach (var file in contents.Files)
            {
                var reader = new ArchiveReader(store, partition, file, archive.IndexOf(store, partition, file));
                _readers.Add((reader, file));
                // Opened now: a checkpoint may take it away.
                _ = reader.Blob;
            }
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <summary>From when on everything is there.</summary>
    public Instant CompleteSince { get; }

    /// <summary>The customers, also those that were merged into others since; each once, by row.</summary>
    /// <exception cref="StoreException">A file cannot be read.</exception>
    public IEnumerable<CustomerPast> Customers()
    {
        var places = _readers.Select(of => (CustomersByRow.Of(of.Reader), of.File.LastEntry));
        if (_frozen is not null)
        {
            places = places.Append((CustomersByRow.Of(_frozen), _frozenEntry));
        }
        foreach (var (row, records) in PastRows.Of(places.Append((CustomersByRow.Of(_tail), long.MaxValue)), _voids))
        {
            if (_ids[row].Length > 0)
            {
                yield return new(_ids[row], CompleteSince, records.Events, records.Changes);
            }
        }
    }

    public void Dispose() => _readers.ForEach(of => of.Reader.Dispose());
}
