using Scoring.Core;
using Scoring.Engine.Journal;
using Scoring.Engine.Storage;

namespace Scoring.Engine.Files;

/// <summary>The log of all partitions in files: segments that frames are appended to, and an index that says which there are.</summary>
/// <param name="options">The engine's options.</param>
/// <param name="identity">The store's identity.</param>
/// <param name="partitions">How many partitions there are.</param>
/// <param name="found">What was found in its files.</param>
/// <param name="held">Keeps others out; null where somebody else does.</param>
internal sealed class JournalLog(
    EngineOptions options,
    long identity,
    int partitions,
    JournalContents found,
    DirectoryLock? held
) : IPartitionLog
{
    private readonly JournalFiles _files = new(options, identity, partitions, found, held);
    private readonly bool _waitsForDisk = options.Durability == Durability.OnDisk;
    private readonly Action<CommitStep> _probe = options.CommitProbe ?? (_ => { });
    private long _sequence = found.Last.Sequence;
    private bool _abandoned;
    private bool _isWriting;

    /// <inheritdoc/>
    public long FileBytes => _files.Bytes;

    /// <inheritdoc/>
    public bool MayHoldDeleted => _files.MayHoldDeleted;

    /// <inheritdoc/>
    /// <remarks>What is read was found when the log was opened; a partition that is closed later has nothing left to be read.</remarks>
    public IEnumerable<LogEntry> Read(int partition, long after)
    {
        if (_isWriting && _files.NewestOf(partition) > after)
        {
            throw new InvalidOperationException($"Partition {partition} was closed without a checkpoint.");
        }
        var buffer = Array.Empty<byte>();
        foreach (var place in found.Entries[partition].Where(place => place.Number > after))
        {
            if (buffer.Length < place.Length)
            {
                buffer = new byte[place.Length];
            }
            var content = buffer.AsMemory(0, place.Length);
            ReadFrom(place, content.Span);
            yield return new(place.Number, place.Applied, content, place.Segment.Path, place.Offset);
        }
    }

    /// <inheritdoc/>
    public void StartWriting()
    {
        found.Secure();
        _isWriting = true;
        // They may be many, and are not read again.
        Array.Fill(found.Entries, []);
        _files.StartWriting();
    }

    /// <inheritdoc/>
    public IReadOnlyList<int> Append(JournalFrame frame)
    {
        Write(frame);
        return [];
    }

    /// <inheritdoc/>
    /// <remarks>
    /// An empty frame in a fresh segment follows the last good one. What failed is never synchronised again: the operating system may have dropped it.
    /// </remarks>
    public IReadOnlyList<int>? Settle(JournalFrame frame)
    {
        _probe(CommitStep.Reopen);
        using var empty = new JournalFrame(capacity: 0);
        Write(empty);
        return null;
    }

    private void Write(JournalFrame frame)
    {
        _probe(CommitStep.Begin);
        // Behind a frame of unknown outcome nothing may follow.
        var used = _files.SegmentFor(frame.BlockBytes, canFollow: !_abandoned);
        var first = used.Position == 0;
        // A number is never used again: what a failed attempt may have left is told from what took its place.
        var blocks = frame.Seal(++_sequence, _files.Last.Checksum, identity, out var link);
        _abandoned = true;
        try
        {
            used.Segment.Write(blocks, used.Position);
        }
        catch (StoreFailure e) when (e.IsFull)
        {
            // Not all of it was written, so what there is fails its checksum and will be overwritten.
            _abandoned = false;
            throw;
        }
        _probe(CommitStep.Written);
        if (_waitsForDisk)
        {
            used.Segment.Sync();
        }
        else
        {
            _files.NoteUnsynced(used.Segment);
        }
        // Behind the write: what is replaced later was acknowledged before.
        used.Segment.ThrowIfReplaced();
        _probe(CommitStep.Committed);
        _abandoned = false;
        _files.Advance(used, frame, link);
        if (first)
        {
            // Made while this one is filled, so that nobody waits for it.
            _files.MakeSpareIfNone();
        }
    }

    /// <inheritdoc/>
    public void Sync() => _files.Sync();

    /// <inheritdoc/>
    public void EraseWhenForgotten() => _files.EraseWhenForgotten();

    /// <inheritdoc/>
    public void Forget(Func<int, long> upTo) => _files.Forget(upTo);

    /// <summary>Closes the files.</summary>
    public void Dispose() => _files.Dispose();

    private static void ReadFrom(EntryPlace place, Span<byte> content)
    {
        try
        {
            if (place.Segment.Read(content, place.Offset) == content.Length)
            {
                return;
            }
        }
        catch (IOException e)
        {
            throw StoreErrors.Unreadable(place.Segment.Path, e);
        }
        throw StoreErrors.Damaged(place.Segment.Path, "this file of its journal is cut short");
    }
}
