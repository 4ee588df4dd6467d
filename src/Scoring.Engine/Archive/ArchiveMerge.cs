using System.Runtime.InteropServices;
using Scoring.Engine.Storage;

namespace Scoring.Engine.Archive;

/// <summary>Makes one file of several of one workspace, or of one, and leaves out what is to go. It is done in steps. One thread.</summary>
/// <remarks>
/// Of a single file, chunks of which everything stays are copied as they are: so customers are erased at little cost. It keeps its names then, whether
/// any of its events has them or not.
/// </remarks>
internal sealed class ArchiveMerge
{
    // So much is a step: about a chunk.
    private const int StepRecords = ChunkBounds.FullEvents;
    private readonly IReadOnlyList<ArchiveReader> _inputs;
    private readonly ArchiveWriter _writer;
    private readonly Func<int, int, bool> _isLeftOut;
    private readonly IReadOnlyList<Removal> _removals;
    private readonly MergedNames _names;
    private readonly ArchiveCursor[] _cursors;
    private readonly bool[] _hasMore;
    private readonly ChunkSource? _copied;
    private readonly List<ArchivedEvent> _events = [];
    private readonly List<ArchivedChange> _changes = [];
    private int _nextChunk;

    /// <summary>Begins a merge.</summary>
    /// <param name="inputs">The files, the oldest first: of one customer, what changed it stays in that order.</param>
    /// <param name="writer">Writes the file, to which nothing was added.</param>
    /// <param name="isLeftOut">Whether a customer is to go, by input and row.</param>
    /// <param name="removals">What is to go of everybody, by input.</param>
    /// <param name="copies">Whether chunks may be copied; otherwise all are written as the writer writes, compressed or not.</param>
    public ArchiveMerge(
        IReadOnlyList<ArchiveReader> inputs,
        ArchiveWriter writer,
        Func<int, int, bool> isLeftOut,
        IReadOnlyList<Removal> removals,
        bool copies = true
    )
    {
        (_inputs, _writer, _isLeftOut, _removals) = (inputs, writer, isLeftOut, removals);
        _names = new([.. inputs.Select(input => input.Index)], _removals);
        _cursors = [.. inputs.Select(input => input.ReadAll())];
        _hasMore = new bool[inputs.Count];
        if (copies && inputs.Count == 1 && _removals[0].IsEmpty)
        {
            writer.TakeNames(inputs[0].Index);
            _copied = new(inputs[0]);
            return;
        }
        for (var i = 0; i < inputs.Count; i++)
        {
            _hasMore[i] = _cursors[i].MoveNext();
        }
    }

    /// <summary>Goes on by about a chunk; false when nothing is left to be done.</summary>
    /// <exception cref="StoreFailure">It could not be written; the blob is of no use.</exception>
    /// <exception cref="StoreException">A file is not what was written, or cannot be read.</exception>
    public bool Step()
    {
        if (_copied is not null)
        {
            return CopyNext(_copied);
        }
        for (var records = 0; records < StepRecords; records += 1 + _events.Count)
        {
            if (!MergeNext())
            {
                return false;
            }
        }
        return true;
    }

    /// <summary>Completes the file, once all is done; null when nothing is left of any customer, and there is none.</summary>
    /// <param name="level">See <see cref="ArchiveFile.Level"/>.</param>
    /// <exception cref="StoreFailure">It is not known to be safe; the blob is of no use.</exception>
    public ArchiveFile? Complete(int level) =>
        _writer.Complete(
            _inputs[0].File.Workspace,
            level,
            _inputs.Min(input => input.File.AfterEntry),
            _inputs.Max(input => input.File.LastEntry)
        );

    /// <summary>Copies the next chunk of the only file, or what stays of it; false behind the last.</summary>
    private bool CopyNext(ChunkSource source)
    {
        var index = source.Index;
        if (_nextChunk == index.Chunks)
        {
            return false;
        }
        var (first, end) = (_nextChunk, index.EndOf(_nextChunk));
        _nextChunk = end;
        var (stay, go) = (0, 0);
        var last = index.LastRowOf(end - 1);
        for (var row = index[first].FirstRow; row >= 0 && row <= last; row = index.Rows.Next(row + 1L))
        {
            (stay, go) = _isLeftOut(0, row) ? (stay, go + 1) : (stay + 1, go);
        }
        if (go == 0)
        {
            _writer.Copy(source, first, end);
        }
        else if (stay > 0)
        {
            _cursors[0].MoveTo(first, end);
            _hasMore[0] = _cursors[0].MoveNext();
            while (MergeNext()) { }
        }
        return true;
    }

    private void AddChanges(ReadOnlySpan<ArchivedChange> changes, Removal removed)
    {
        var before = _changes.Count;
        ArchivedChange.AddCopies(changes, _changes);
        if (!removed.IsEmpty && _changes.Count > before)
        {
            List<ArchivedChange> left = [.. removed.Filter(_changes.Skip(before))];
            _changes.RemoveRange(before, _changes.Count - before);
            _changes.AddRange(left);
        }
    }

    /// <summary>Merges what there is of the next customer; false when there is none any more.</summary>
    private bool MergeNext()
    {
        var row = int.MaxValue;
        var any = false;
        for (var i = 0; i < _cursors.Length; i++)
        {
            if (_hasMore[i])
            {
                (row, any) = (Math.Min(row, _cursors[i].Row), true);
            }
        }
        _events.Clear();
        _changes.Clear();
        _names.BeginCustomer();
        for (var i = 0; i < _cursors.Length; i++)
        {
            if (!_hasMore[i] || _cursors[i].Row != row)
            {
                continue;
            }
            if (!_isLeftOut(i, row))
            {
                _names.Add(i, _cursors[i], _events);
                AddChanges(_cursors[i].Changes, _removals[i]);
            }
            _hasMore[i] = _cursors[i].MoveNext();
        }
        if (any)
        {
            _writer.Add(row, CollectionsMarshal.AsSpan(_events), CollectionsMarshal.AsSpan(_changes), _names);
        }
        return any;
    }
}
