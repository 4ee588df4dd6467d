using System.Runtime.InteropServices;
using System.Text;
using Scoring.Core.History;
using Scoring.Core.Time;
using Scoring.Engine.Storage;

namespace Scoring.Engine.Archive;

/// <summary>Reads what <see cref="ChunkWriter"/> wrote. What it gives of a chunk holds until the next is read. One thread.</summary>
/// <remarks>Its names are those of the chunk.</remarks>
internal sealed class ChunkReader : IArchiveNames
{
    private readonly ChunkSource _source;
    private readonly ArchiveIndex _index;
    private readonly SectionReader _sections = new((int)ChunkSection.Known + 1, optional: 1);
    private readonly List<Customer> _customers = [];
    private readonly List<EventRun> _runs = [];
    private readonly List<ArchivedChange> _changes = [];
    private readonly List<(int Start, int Length)> _accountIds = [];
    private readonly List<string?> _accounts = [];
    private readonly EventColumnsReader _columns;
    private int _chunk;

    /// <param name="source">The chunks of the file.</param>
    public ChunkReader(ChunkSource source)
    {
        (_source, _index) = (source, source.Index);
        _columns = new(_sections, _index.Features.Count);
    }

    /// <summary>How many customers it has records of.</summary>
    public int Customers => _customers.Count;

    /// <summary>How many events it has.</summary>
    public int Events { get; private set; }

    /// <summary>The row of a customer.</summary>
    public int RowOf(int customer) => _customers[customer].Row;

    /// <summary>Which customer has a row of the file.</summary>
    /// <exception cref="StoreException">None has.</exception>
    public int CustomerOf(int row)
    {
        var customers = CollectionsMarshal.AsSpan(_customers);
        var at = customers.BinarySearch(new Customer(row, 0, 0, 0), Customer.ByRow);
        return at >= 0 ? at : throw _source.Malformed(_chunk, "A row is missing.");
    }

    /// <summary>Where a customer's events begin among all of the chunk; for the number of customers, where they end.</summary>
    public int FirstEventOf(int customer) => customer < Customers ? _customers[customer].FirstEvent : Events;

    /// <summary>How many events a customer has.</summary>
    public int EventsOf(int customer) => FirstEventOf(customer + 1) - FirstEventOf(customer);

    /// <summary>A customer's changes.</summary>
    public ReadOnlySpan<ArchivedChange> ChangesOf(int customer)
    {
        var first = _customers[customer].FirstChange;
        var end = customer + 1 < Customers ? _customers[customer + 1].FirstChange : _changes.Count;
        return CollectionsMarshal.AsSpan(_changes)[first..end];
    }

    /// <inheritdoc/>
    public string EventType(int number) => _index.EventTypes[number];

    /// <inheritdoc/>
    public string Feature(int number) => _index.Features[number];

    /// <inheritdoc/>
    public string Account(int number)
    {
        var (start, length) = _accountIds[number];
        return _accounts[number] ??= Encoding.UTF8.GetString(Section(ChunkSection.AccountIds).Slice(start, length));
    }

    /// <summary>Reads a chunk; no event yet.</summary>
    /// <exception cref="StoreException">The file is not what was written, or cannot be read.</exception>
    public void Read(int chunk)
    {
        _chunk = chunk;
        var content = _source.Read(chunk);
        try
        {
            Read(content);
        }
        catch (InvalidDataException e)
        {
            throw _source.Malformed(chunk, e.Message);
        }
    }

    /// <summary>Reads the events of some customers.</summary>
    /// <param name="first">The first of them.</param>
    /// <param name="end">The one behind the last.</param>
    /// <param name="target">As long as there are events of them.</param>
    /// <exception cref="StoreException">They are malformed.</exception>
    public void ReadEvents(int first, int end, Span<ArchivedEvent> target)
    {
        try
        {
            var endOfRuns = end < Customers ? _customers[end].FirstRun : _runs.Count;
            var runs = CollectionsMarshal.AsSpan(_runs)[_customers[first].FirstRun..endOfRuns];
            _columns.Read(runs, FirstEventOf(first), target);
        }
        catch (InvalidDataException e)
        {
            throw _source.Malformed(_chunk, e.Message);
        }
    }

    private ReadOnlySpan<byte> Section(ChunkSection section) => _sections[(int)section].Span;

    private void Read(ReadOnlyMemory<byte> content)
    {
        _customers.Clear();
        _runs.Clear();
        _changes.Clear();
        _accountIds.Clear();
        _accounts.Clear();
        var reader = new BlobReader(content.Span);
        var firstRow = reader.Varint(int.MaxValue);
        var customers = reader.Varint(_index[_chunk].Events + _index[_chunk].Changes);
        Events = reader.Varint(ChunkBounds.MostEvents);
        if (firstRow != _index[_chunk].FirstRow || Events != _index[_chunk].Events)
        {
            throw new InvalidDataException("Its index says otherwise.");
        }
        var unit = TimeUnit.Read(reader.Byte());
        var earliest = reader.Int64();
        _sections.Read(content[(content.Length - reader.Rest.Length)..]);
        ReadCustomers(customers);
        ReadAccountIds();
        ReadChanges(_index[_chunk].Changes);
        _columns.Begin(Events, _accountIds.Count, unit, earliest);
    }

    private void ReadCustomers(int customers)
    {
        var reader = new BlobReader(Section(ChunkSection.Runs));
        var (row, events, changes) = (_index[_chunk].FirstRow - 1L, 0, 0);
        for (var i = 0; i < customers; i++)
        {
            row += reader.Varint(int.MaxValue) + 1L;
            if (row > _index.LastRowOf(_chunk) || (i == 0 && row != _index[_chunk].FirstRow))
            {
                throw new InvalidDataException("Its rows are in no order.");
            }
            _customers.Add(new((int)row, _runs.Count, events, changes));
            var runs = reader.Varint(int.MaxValue);
            changes += (runs & 1) == 0 ? 0 : reader.Varint(_index[_chunk].Changes - changes);
            var type = -1;
            for (runs >>= 1; runs > 0; runs--)
            {
                var step = reader.Varint(int.MaxValue);
                type += (step >> 1) + 1;
                var length = 1 + ((step & 1) == 0 ? 0 : 1 + reader.Varint(ChunkBounds.MostEvents));
                events += length;
                if ((uint)type >= (uint)_index.EventTypes.Count || events > Events)
                {
                    throw new InvalidDataException("It has other events than is said.");
                }
                _runs.Add(new((int)row, type, length));
            }
        }
        if (!reader.AtEnd || events != Events || customers == 0)
        {
            throw new InvalidDataException("It has other customers than is said.");
        }
    }

    private void ReadChanges(int count)
    {
        var content = _sections[(int)ChunkSection.Changes];
        var reader = new BlobReader(content.Span);
        for (var customer = 0; customer < Customers; customer++)
        {
            var end = customer + 1 < Customers ? _customers[customer + 1].FirstChange : count;
            while (_changes.Count < end)
            {
                var kind = (ChangeKind)reader.Byte();
                var received = new Instant(reader.Int64());
                var length = reader.Bytes(reader.Varint(content.Length)).Length;
                var start = content.Length - reader.Rest.Length - length;
                _changes.Add(new(_customers[customer].Row, kind, received, content.Slice(start, length)));
            }
        }
        if (!reader.AtEnd || _changes.Count != count)
        {
            throw new InvalidDataException("It has other changes than is said.");
        }
    }

    private void ReadAccountIds()
    {
        var section = Section(ChunkSection.AccountIds);
        var reader = new BlobReader(section);
        while (!reader.AtEnd)
        {
            var length = reader.Bytes(reader.UInt16()).Length;
            _accountIds.Add((section.Length - reader.Rest.Length - length, length));
            _accounts.Add(null);
        }
    }

    /// <summary>Where the records of a customer begin.</summary>
    private readonly record struct Customer(int Row, int FirstRun, int FirstEvent, int FirstChange)
    {
        public static readonly IComparer<Customer> ByRow = Comparer<Customer>.Create((a, b) => a.Row.CompareTo(b.Row));
    }
}
