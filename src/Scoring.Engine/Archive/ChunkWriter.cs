using System.Runtime.InteropServices;
using Scoring.Engine.Storage;

namespace Scoring.Engine.Archive;

/// <summary>Gathers the records of a chunk, and writes it.</summary>
/// <remarks>
/// Row of the first customer, customers, events (varints), unit of the times (1), the earliest of them (8), then the sections. The checksum in front
/// of it is the caller's business.
/// </remarks>
internal sealed class ChunkWriter : IDisposable
{
    private readonly List<ArchivedEvent> _events = new(ChunkBounds.MostEvents);
    private readonly List<ArchivedChange> _changes = [];
    private readonly List<(int Row, int Events, int Changes)> _customers = [];
    private readonly AccountNumbers _accounts = new();
    private readonly BlobWriter _column = new();
    private int _changeBytes;

    public bool IsEmpty => _customers.Count == 0;

    public bool IsFull => _events.Count >= ChunkBounds.FullEvents || _changeBytes >= ChunkBounds.FullChangeBytes;

    public int FirstRow => _customers[0].Row;

    public int Events => _events.Count;

    public int Changes => _changes.Count;

    /// <summary>Whether so much more would be too much.</summary>
    public bool HasRoomFor(int events, long changeBytes) =>
        _events.Count + events <= ChunkBounds.MostEvents && _changeBytes + changeBytes <= ChunkBounds.MostChangeBytes;

    /// <summary>Adds what belongs to one customer, of a larger row than any before.</summary>
    /// <param name="row">The row.</param>
    /// <param name="events">Its events in order, with the file's numbers of types and features.</param>
    /// <param name="changes">Its changes.</param>
    /// <param name="names">What the numbers of accounts stand for.</param>
    public void Add(
        int row,
        ReadOnlySpan<ArchivedEvent> events,
        ReadOnlySpan<ArchivedChange> changes,
        IArchiveNames names
    )
    {
        _events.AddRange(events);
        _accounts.Renumber(CollectionsMarshal.AsSpan(_events)[^events.Length..], names);
        ArchivedChange.AddCopies(changes, _changes);
        foreach (var change in changes)
        {
            _changeBytes += ChunkBounds.BytesOf(change);
        }
        _customers.Add((row, events.Length, changes.Length));
    }

    /// <summary>Writes the chunk and begins the next.</summary>
    public void Write(BlobWriter target, SectionWriter sections)
    {
        var events = CollectionsMarshal.AsSpan(_events);
        var unit = TimeUnit.Of(events);
        var earliest = 0L;
        if (events.Length > 0)
        {
            earliest = long.MaxValue;
            foreach (ref readonly var item in events)
            {
                earliest = Math.Min(earliest, item.OccurredAt.Ticks);
            }
        }
        target.Varint((uint)FirstRow);
        target.Varint((uint)_customers.Count);
        target.Varint((uint)events.Length);
        target.Byte((byte)unit.Code);
        target.Int64(earliest);
        AddRuns(events);
        End(target, sections);
        EventColumnsWriter.AddTimes(_column, events, unit, earliest, isLow: true);
        End(target, sections);
        EventColumnsWriter.AddTimes(_column, events, unit, earliest, isLow: false);
        End(target, sections);
        EventColumnsWriter.AddLags(_column, events);
        End(target, sections);
        EventColumnsWriter.AddLongLags(_column, events);
        End(target, sections);
        EventColumnsWriter.AddFeatures(_column, events);
        End(target, sections);
        EventColumnsWriter.AddAccounts(_column, events);
        End(target, sections);
        EventColumnsWriter.AddValues(_column, events);
        End(target, sections);
        foreach (var account in _accounts.Ids)
        {
            _column.Text(account);
        }
        End(target, sections);
        AddChanges();
        End(target, sections);
        EventColumnsWriter.AddKnown(_column, events);
        if (_column.Length > 0)
        {
            End(target, sections);
        }
        Clear();
    }

    public void Dispose() => _column.Dispose();

    private void End(BlobWriter target, SectionWriter sections)
    {
        sections.Write(target, _column.Written);
        _column.Clear();
    }

    private void Clear()
    {
        _events.Clear();
        _changes.Clear();
        _customers.Clear();
        _accounts.Clear();
        _changeBytes = 0;
    }

    private void AddRuns(ReadOnlySpan<ArchivedEvent> events)
    {
        var before = FirstRow - 1;
        foreach (var (row, count, changes) in _customers)
        {
            var own = events[..count];
            events = events[count..];
            _column.Varint((uint)(row - before - 1));
            _column.Varint(((ulong)RunsOf(own) << 1) | (changes > 0 ? 1u : 0));
            if (changes > 0)
            {
                _column.Varint((uint)changes);
            }
            before = row;
            var type = -1;
            while (!own.IsEmpty)
            {
                var run = LengthOfRun(own);
                _column.Varint(((ulong)(uint)(own[0].Type - type - 1) << 1) | (run > 1 ? 1u : 0));
                if (run > 1)
                {
                    _column.Varint((uint)(run - 2));
                }
                type = own[0].Type;
                own = own[run..];
            }
        }
    }

    private static int RunsOf(ReadOnlySpan<ArchivedEvent> events)
    {
        var runs = 0;
        for (; !events.IsEmpty; events = events[LengthOfRun(events)..])
        {
            runs++;
        }
        return runs;
    }

    private static int LengthOfRun(ReadOnlySpan<ArchivedEvent> events)
    {
        var length = 1;
        while (length < events.Length && events[length].Type == events[0].Type)
        {
            length++;
        }
        return length;
    }

    private void AddChanges()
    {
        foreach (var change in _changes)
        {
            _column.Byte((byte)change.Kind);
            _column.Int64(change.ReceivedAt.Ticks);
            _column.Varint((uint)change.Content.Length);
            _column.Bytes(change.Content.Span);
        }
    }
}
