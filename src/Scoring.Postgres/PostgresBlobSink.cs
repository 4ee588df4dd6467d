using Scoring.Engine.Storage;

namespace Scoring.Postgres;

/// <summary>Writes a blob as rows of one length, but for the last, over the connection of the checkpoint store.</summary>
/// <remarks>
/// The rows do not wait for the disk; the last one does, and so all before it. Should the database go down in between, the connection breaks, and
/// the blob is of no use.
/// </remarks>
internal sealed class PostgresBlobSink(PostgresBlobs blobs, int partition, long number, long opening) : IBlobSink
{
    private readonly byte[] _piece = new byte[PostgresBlobs.PieceBytes];
    private int _length;
    private int _pieces;

    /// <inheritdoc/>
    public void Append(ReadOnlySpan<byte> bytes)
    {
        while (!bytes.IsEmpty)
        {
            if (_length == _piece.Length)
            {
                Put(isLast: false);
            }
            var taken = Math.Min(bytes.Length, _piece.Length - _length);
            bytes[..taken].CopyTo(_piece.AsSpan(_length));
            _length += taken;
            bytes = bytes[taken..];
        }
    }

    /// <inheritdoc/>
    public void Complete() => Put(isLast: true);

    /// <inheritdoc/>
    public void Dispose()
    {
        // What was written of a blob that is not completed is removed by whoever gives it up, or uses the number again.
    }

    private void Put(bool isLast)
    {
        blobs.Put(partition, number, _pieces++, _piece.AsMemory(0, _length), isLast, opening);
        _length = 0;
    }
}
