using System.Buffers;
using System.Buffers.Binary;
using System.Text;

namespace Scoring.Engine.Storage;

/// <summary>Builds binary forms in a pooled buffer, or holds a piece of one that is shared. Integers are little endian.</summary>
/// <remarks>
/// The pool is one of our own: buffers go from the threads of callers to those of the journal and the partitions, and a pool that keeps
/// some for each thread would run dry on one side.
/// </remarks>
public sealed class BlobWriter : IBufferWriter<byte>, IDisposable
{
    private const int LargestPooled = 16 << 20;
    private const int PooledOfEachSize = 64;
    private static readonly ArrayPool<byte> Pool = ArrayPool<byte>.Create(LargestPooled, PooledOfEachSize);
    private readonly Shared? _shared;
    private readonly int _start;
    private byte[] _buffer;

    /// <summary>A writer with a buffer of its own.</summary>
    /// <param name="capacity">Bytes that there is room for at first.</param>
    public BlobWriter(int capacity = 4_096) => _buffer = Pool.Rent(capacity);

    private BlobWriter(Shared shared, int start, int length) =>
        (_shared, _buffer, _start, Length) = (shared, shared.Buffer, start, length);

    /// <summary>What something writes.</summary>
    public static byte[] Encode(Action<BlobWriter> write)
    {
        using var blob = new BlobWriter();
        write(blob);
        return blob.Written.ToArray();
    }

    /// <summary>Bytes written so far.</summary>
    public int Length { get; private set; }

    /// <summary>What was written; until more is.</summary>
    public Span<byte> Written => _buffer.AsSpan(_start, Length);

    /// <summary>Begins anew.</summary>
    public void Clear() => Length = 0;

    /// <inheritdoc/>
    public void Advance(int count) => Length += count;

    /// <inheritdoc/>
    public Memory<byte> GetMemory(int sizeHint = 0)
    {
        Reserve(Math.Max(sizeHint, 1));
        return _buffer.AsMemory(Length);
    }

    /// <inheritdoc/>
    public Span<byte> GetSpan(int sizeHint = 0) => GetMemory(sizeHint).Span;

    /// <summary>One byte.</summary>
    public void Byte(byte value) => Fixed(sizeof(byte))[0] = value;

    /// <summary>A number of two bytes, 0 to 65,535.</summary>
    public void UInt16(int value) =>
        BinaryPrimitives.WriteUInt16LittleEndian(Fixed(sizeof(ushort)), checked((ushort)value));

    /// <summary>A number of four bytes.</summary>
    public void Int32(int value) => BinaryPrimitives.WriteInt32LittleEndian(Fixed(sizeof(int)), value);

    /// <summary>A number of eight bytes.</summary>
    public void Int64(long value) => BinaryPrimitives.WriteInt64LittleEndian(Fixed(sizeof(long)), value);

    /// <summary>A number in as many bytes as it needs: 7 bits in each, the lowest first; all but the last have the eighth bit.</summary>
    public void Varint(ulong value)
    {
        Reserve(BlobReader.LongestVarint);
        while (value > 0x7F)
        {
            _buffer[Length++] = (byte)(value | 0x80);
            value >>= 7;
        }
        _buffer[Length++] = (byte)value;
    }

    /// <summary>Bytes as they are.</summary>
    public void Bytes(ReadOnlySpan<byte> value)
    {
        value.CopyTo(Fixed(value.Length));
    }

    /// <summary>A text of at most 65,535 bytes, after its length.</summary>
    public void Text(string value)
    {
        UInt16(Encoding.UTF8.GetByteCount(value));
        Advance(Encoding.UTF8.GetBytes(value, GetSpan(Encoding.UTF8.GetMaxByteCount(value.Length))));
    }

    /// <summary>Bytes to be filled in by the caller.</summary>
    public Span<byte> Fixed(int bytes)
    {
        Reserve(bytes);
        var span = _buffer.AsSpan(Length, bytes);
        Length += bytes;
        return span;
    }

    /// <summary>Gives the buffer back.</summary>
    public void Dispose()
    {
        if (_buffer.Length > 0)
        {
            if (_shared is null)
            {
                Pool.Return(_buffer);
            }
            else
            {
                _shared.Release();
            }
            _buffer = [];
            Length = 0;
        }
    }

    private void Reserve(int bytes)
    {
        if (_buffer.Length - Length >= bytes)
        {
            return;
        }
        var larger = Pool.Rent(Math.Max(_buffer.Length * 2, Length + bytes));
        Written.CopyTo(larger);
        Pool.Return(_buffer);
        _buffer = larger;
    }

    /// <summary>A buffer that is divided: pieces are filled in, then handed out, each to be disposed of by itself; nothing more can be written to them.</summary>
    internal sealed class Shared(int bytes)
    {
        private int _holders = 1;

        public byte[] Buffer { get; } = Pool.Rent(bytes);

        /// <summary>Hands out a piece.</summary>
        public BlobWriter Piece(int start, int length)
        {
            Hold();
            return new(this, start, length);
        }

        /// <summary>Keeps the buffer until it is released once more.</summary>
        public void Hold() => Interlocked.Increment(ref _holders);

        /// <summary>Gives up a hold: of a piece, or of whoever divides the buffer. It goes back with the last one.</summary>
        public void Release()
        {
            if (Interlocked.Decrement(ref _holders) == 0)
            {
                Pool.Return(Buffer);
            }
        }
    }
}
