using System.Text;
using Scoring.Core.History;
using Scoring.Core.Populations;
using Scoring.Core.Time;
using Scoring.Engine.Storage;

namespace Scoring.Engine.Archive;

/// <summary>What a share's archive had, at one moment, of the customers, or accounts, in some rows one behind the other: records in memory, and the files to read the others from.</summary>
internal sealed class PastBlock
{
    private readonly ShareArchive _archive;
    private readonly int _firstRow;
    private readonly string[] _ids;
    private readonly IReadOnlyList<ArchiveVoid> _voids;
    private readonly ArchiveContents _contents;
    private readonly ArchiveTail _newest = new();

    /// <summary>Takes what there is. The partition is entered for reading.</summary>
    /// <param name="archive">The archive.</param>
    /// <param name="population">Who the customers are.</param>
    /// <param name="firstRow">The first row.</param>
    /// <param name="endRow">The row behind the last.</param>
    /// <param name="isWanted">Whether the customer of a row is wanted.</param>
    public PastBlock(ShareArchive archive, Population population, int firstRow, int endRow, Func<int, bool> isWanted)
        : this(
            archive,
            firstRow,
            [
                .. Enumerable
                    .Range(firstRow, Math.Max(0, Math.Min(endRow, population.Rows) - firstRow))
                    .Select(row => isWanted(row) ? Encoding.UTF8.GetString(population.IdOf(row)) : ""),
            ]
        ) { }

    /// <summary>Takes what there is. The partition is entered for reading.</summary>
    /// <param name="archive">The archive.</param>
    /// <param name="firstRow">The first row.</param>
    /// <param name="ids">Whose are that row and those behind it; empty for rows of nobody who is wanted.</param>
    public PastBlock(ShareArchive archive, int firstRow, string[] ids)
    {
        (_archive, _firstRow, _ids) = (archive, firstRow, ids);
        // The voids first: some too many hide nothing that later files have.
        (_voids, _contents) = (archive.Voids, archive.Contents);
        _newest.Add(archive.Tail, IsWanted);
    }

    /// <summary>Whether a checkpoint has made files needless since, so that they may be missing.</summary>
    public bool IsOutdated => _archive.Contents.Files != _contents.Files;

    /// <summary>From when on everything is there.</summary>
    public Instant CompleteSince => _contents.CompleteSince;

    private bool IsWanted(int row) =>
        row >= _firstRow && row - _firstRow < _ids.Length && _ids[row - _firstRow].Length > 0;

    /// <summary>The first row from one on that is wanted; -1 for none.</summary>
    private int NextWanted(int row)
    {
        for (var i = Math.Max(0, row - _firstRow); i < _ids.Length; i++)
        {
            if (_ids[i].Length > 0)
            {
                return _firstRow + i;
            }
        }
        return -1;
    }

    /// <summary>The customers, each once, by row, also those who were merged into others since.</summary>
    /// <param name="store">Where the files are.</param>
    /// <param name="partition">Whose they are.</param>
    /// <param name="isWanted">Whether anything of a file is wanted.</param>
    /// <exception cref="StoreException">A file cannot be read; where the block is outdated, another one has what it held.</exception>
    public IEnumerable<(int Row, CustomerPast Past)> Customers(
        ICheckpointStore store,
        int partition,
        Func<ArchiveFile, bool> isWanted
    )
    {
        List<ArchiveReader> readers =
        [
            .. _contents
                .Files.Where(isWanted)
                .Select(file => new ArchiveReader(store, partition, file, _archive.IndexOf(store, partition, file))),
        ];
        try
        {
            foreach (var (row, records) in PastRows.Of(Places(readers), _voids))
            {
                yield return (row, new(_ids[row - _firstRow], CompleteSince, records.Events, records.Changes));
            }
        }
        finally
        {
            readers.ForEach(reader => reader.Dispose());
        }
    }

    private IEnumerable<(IEnumerable<ArchivedCustomer> Customers, long LastEntry)> Places(List<ArchiveReader> readers)
    {
        foreach (var reader in readers)
        {
            yield return (CustomersByRow.Of(reader, NextWanted), reader.File.LastEntry);
        }
        if (_contents.Frozen is { } frozen)
        {
            var some = new ArchiveTail();
            some.Add(frozen, IsWanted);
            yield return (CustomersByRow.Of(some), _contents.FrozenEntry);
        }
        yield return (CustomersByRow.Of(_newest), long.MaxValue);
    }
}
