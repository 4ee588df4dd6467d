using Scoring.Engine.Storage;

namespace Scoring.Engine.Snapshots;

/// <summary>Goes through the rows of one file.</summary>
internal sealed class RowCursor : IDisposable
{
    private readonly SnapshotReader _reader;
    private int _next;
    private int _contentStart;
    private int _contentLength;

    /// <summary>Begins with the first row.</summary>
    /// <exception cref="StoreException">The file is damaged.</exception>
    public RowCursor(SnapshotReader reader)
    {
        _reader = reader;
        MoveNext();
    }

    /// <summary>Whether there is no row any more.</summary>
    public bool AtEnd { get; private set; }

    public StoredRow Row { get; private set; }

    /// <summary>The newest entry that it contains.</summary>
    public long Entry { get; private set; }

    /// <summary>Until the next row is gone to.</summary>
    public ReadOnlySpan<byte> Content => _reader.Frame.Slice(_contentStart, _contentLength);

    /// <summary>What follows in the same frame.</summary>
    public ReadOnlySpan<byte> Ahead => _reader.Frame[_next..];

    /// <exception cref="StoreException">The file is damaged.</exception>
    public void MoveNext()
    {
        while (_next == _reader.Frame.Length)
        {
            if (!_reader.NextFrame())
            {
                AtEnd = true;
                return;
            }
            _next = 0;
        }
        var before = Row.Key;
        try
        {
            var reader = new BlobReader(Ahead);
            Row = StoredRow.Read(ref reader, out var entry, out var content);
            Entry = entry;
            _next = _reader.Frame.Length - reader.Rest.Length;
            (_contentStart, _contentLength) = (_next - content.Length, content.Length);
        }
        catch (InvalidDataException e)
        {
            throw Malformed(e.Message);
        }
        if (Row.Key <= before || Row.Kind is not (RowKind.Customer or RowKind.Account or RowKind.Names))
        {
            throw Malformed("its rows are in no order");
        }
    }

    /// <summary>What to say when the row at hand is malformed.</summary>
    public StoreException Malformed(string how) => _reader.Malformed(how);

    public void Dispose() => _reader.Dispose();
}
