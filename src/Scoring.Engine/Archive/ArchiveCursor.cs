using System.Runtime.InteropServices;

namespace Scoring.Engine.Archive;

/// <summary>Goes through the customers of a file, in the order of their rows. What it gives of one holds until the next is gone to. One thread.</summary>
/// <remarks>It takes the memory of a few chunks, or of the largest customer.</remarks>
internal sealed class ArchiveCursor
{
    private readonly ArchiveIndex _index;
    private readonly ChunkReader _chunk;
    private readonly List<ArchivedChange> _changes = [];
    private readonly AccountNumbers _accounts = new();
    private readonly ArchiveNames _joinedNames;
    private ArchivedEvent[] _events = [];
    private int _next;
    private int _end;
    private int _customer;
    private int _joinedEvents;

    /// <summary>Begins before the first customer of some chunks.</summary>
    /// <param name="reader">The file.</param>
    /// <param name="first">The first chunk; of a customer that is divided, its first one.</param>
    /// <param name="end">The chunk behind the last; of a customer that is divided, behind its last one.</param>
    public ArchiveCursor(ArchiveReader reader, int first, int end)
    {
        _index = reader.Index;
        _chunk = new(new(reader));
        _joinedNames = new(_index.EventTypes, _index.Features, _accounts.Ids);
        MoveTo(first, end);
    }

    /// <summary>The customer's row.</summary>
    public int Row => _chunk.RowOf(_customer);

    /// <summary>The customer's events, by type (in the order of the file's numbers) and time of occurrence.</summary>
    public ReadOnlySpan<ArchivedEvent> Events => KeptEvents.Span;

    /// <summary>The same.</summary>
    public ReadOnlyMemory<ArchivedEvent> KeptEvents
    {
        get
        {
            var start = _customer == 0 ? 0 : _joinedEvents + _chunk.FirstEventOf(_customer);
            return _events.AsMemory(start..(_joinedEvents + _chunk.FirstEventOf(_customer + 1)));
        }
    }

    /// <summary>The customer's changes, in the order in which they were added.</summary>
    public ReadOnlySpan<ArchivedChange> Changes =>
        IsJoined ? CollectionsMarshal.AsSpan(_changes) : _chunk.ChangesOf(_customer);

    /// <summary>What the numbers in the customer's events stand for.</summary>
    public IArchiveNames Names => IsJoined ? _joinedNames : _chunk;

    /// <summary>Whether the customer's records come from several chunks.</summary>
    private bool IsJoined => _customer == 0 && _joinedEvents + _changes.Count > 0;

    /// <summary>Begins anew, before the first customer of other chunks.</summary>
    public void MoveTo(int first, int end) => (_next, _end, _customer) = (first, end, int.MaxValue - 1);

    /// <summary>Goes to the next customer; false when there is none any more.</summary>
    /// <exception cref="StoreException">The file is not what was written, or cannot be read.</exception>
    public bool MoveNext()
    {
        if (_customer + 1 < _chunk.Customers)
        {
            _customer++;
            return true;
        }
        if (_next == _end)
        {
            return false;
        }
        (_customer, _joinedEvents) = (0, 0);
        _changes.Clear();
        _accounts.Clear();
        for (var end = _index.EndOf(_next); _next < end - 1; _next++)
        {
            Join(_next);
        }
        Read(_next++);
        if (IsJoined)
        {
            Add();
        }
        return true;
    }

    /// <summary>Takes a chunk in that holds a part of one customer, and nothing else.</summary>
    private void Join(int chunk)
    {
        Read(chunk);
        Add();
        _joinedEvents += _chunk.Events;
    }

    /// <summary>Has changes and accounts of the first customer outlive its chunk.</summary>
    private void Add()
    {
        ArchivedChange.AddCopies(_chunk.ChangesOf(0), _changes);
        _accounts.Renumber(_events.AsSpan(_joinedEvents, _chunk.EventsOf(0)), _chunk);
    }

    private void Read(int chunk)
    {
        _chunk.Read(chunk);
        var needed = _joinedEvents + _chunk.Events;
        if (_events.Length < needed)
        {
            Array.Resize(ref _events, Math.Max(ChunkBounds.MostEvents, needed + (needed / 2)));
        }
        _chunk.ReadEvents(0, _chunk.Customers, _events.AsSpan(_joinedEvents, _chunk.Events));
    }
}
