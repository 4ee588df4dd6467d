using System.Buffers;
using System.Buffers.Binary;
using System.Text;

namespace Scoring.Engine.Storage;

/// <summary>Builds binary forms in a pooled buffer. Integers are little endian.</summary>
/// <remarks>
/// The pool is one of our own: buffers go from the threads of callers to those of the journal and the partitions, and a pool that keeps
/// some for each thread would run dry on one side.
/// </remarks>
/// <param name="capacity">Bytes that there is room for at first.</param>
public sealed class BlobWriter(int capacity = 4_096) : IBufferWriter<byte>, IDisposable
{
    private const int LargestPooled = 1 << 20;
    private const int PooledOfEachSize = 64;
    private static readonly ArrayPool<byte> Pool = ArrayPool<byte>.Create(LargestPooled, PooledOfEachSize);
    private byte[] _buffer = Pool.Rent(capacity);

    /// <summary>Bytes written so far.</summary>
    public int Length { get; private set; }

    /// <summary>What was written; until more is.</summary>
    public Span<byte> Written => _buffer.AsSpan(0, Length);

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
            Pool.Return(_buffer);
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
}
