using System.Buffers;
using System.Buffers.Binary;
using System.Text;

namespace Scoring.Engine.Storage;

/// <summary>Builds binary forms in a pooled buffer. Integers are little endian.</summary>
internal sealed class BlobWriter(int capacity = 4_096) : IBufferWriter<byte>, IDisposable
{
    private byte[] _buffer = ArrayPool<byte>.Shared.Rent(capacity);

    public int Length { get; private set; }

    public Span<byte> Written => _buffer.AsSpan(0, Length);

    public void Clear() => Length = 0;

    public void Advance(int count) => Length += count;

    public Memory<byte> GetMemory(int sizeHint = 0)
    {
        Reserve(Math.Max(sizeHint, 1));
        return _buffer.AsMemory(Length);
    }

    public Span<byte> GetSpan(int sizeHint = 0) => GetMemory(sizeHint).Span;

    public void Byte(byte value) => Fixed(sizeof(byte))[0] = value;

    public void UInt16(int value) =>
        BinaryPrimitives.WriteUInt16LittleEndian(Fixed(sizeof(ushort)), checked((ushort)value));

    public void Int32(int value) => BinaryPrimitives.WriteInt32LittleEndian(Fixed(sizeof(int)), value);

    public void Int64(long value) => BinaryPrimitives.WriteInt64LittleEndian(Fixed(sizeof(long)), value);

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

    public void Dispose()
    {
        if (_buffer.Length > 0)
        {
            ArrayPool<byte>.Shared.Return(_buffer);
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
        var larger = ArrayPool<byte>.Shared.Rent(Math.Max(_buffer.Length * 2, Length + bytes));
        Written.CopyTo(larger);
        ArrayPool<byte>.Shared.Return(_buffer);
        _buffer = larger;
    }
}
