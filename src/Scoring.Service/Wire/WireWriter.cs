using System.Buffers;
using System.Buffers.Binary;
using System.Text;

namespace Scoring.Service.Wire;

/// <summary>Writes the binary form of protobuf without an object per message. Fields of their default value are left out, as proto3 has it.</summary>
/// <remarks>After the encoding's specification, protobuf.dev/programming-guides/encoding.</remarks>
/// <param name="buffer">Where to begin; more is rented when it is full.</param>
internal ref struct WireWriter(Span<byte> buffer)
{
    private const int LongestVarint = 10;
    private Span<byte> _buffer = buffer;
    private byte[]? _rented;
    private int _length;

    public readonly ReadOnlySpan<byte> Written => _buffer[.._length];

    public void Text(int field, string value)
    {
        if (value.Length == 0)
        {
            return;
        }
        var start = Begin(field);
        Reserve(Encoding.UTF8.GetMaxByteCount(value.Length));
        _length += Encoding.UTF8.GetBytes(value, _buffer[_length..]);
        End(start);
    }

    /// <summary>An integer of up to 64 bits, an enumeration, or a bool as 0 or 1.</summary>
    public void Varint(int field, long value)
    {
        if (value != 0)
        {
            Tag(field, WireReader.Varint);
            Varint((ulong)value);
        }
    }

    public void Double(int field, double value)
    {
        if (value != 0)
        {
            GivenDouble(field, value);
        }
    }

    /// <summary>A double that is written even if it is 0.</summary>
    public void GivenDouble(int field, double value)
    {
        Tag(field, WireReader.Fixed64);
        Reserve(sizeof(double));
        BinaryPrimitives.WriteDoubleLittleEndian(_buffer[_length..], value);
        _length += sizeof(double);
    }

    /// <summary>Begins a message within, or a text.</summary>
    /// <returns>What <see cref="End"/> wants.</returns>
    public int Begin(int field)
    {
        Tag(field, WireReader.Delimited);
        Reserve(1);
        return ++_length;
    }

    /// <summary>Ends a message within. Most are short: the one byte that was left for the length is enough for them.</summary>
    public void End(int start)
    {
        var length = _length - start;
        if (length < 0x80)
        {
            _buffer[start - 1] = (byte)length;
            return;
        }
        Reserve(LongestVarint);
        var more = 0;
        for (var rest = length >> 7; rest > 0; rest >>= 7)
        {
            more++;
        }
        _buffer[start.._length].CopyTo(_buffer[(start + more)..]);
        _length = start - 1;
        Varint((ulong)length);
        _length += length;
    }

    public void Dispose()
    {
        if (_rented is not null)
        {
            ArrayPool<byte>.Shared.Return(_rented);
            _rented = null;
        }
    }

    private void Tag(int field, int wireType) => Varint(((uint)field << WireReader.WireTypeBits) | (uint)wireType);

    private void Varint(ulong value)
    {
        Reserve(LongestVarint);
        while (value >= 0x80)
        {
            _buffer[_length++] = (byte)(value | 0x80);
            value >>= 7;
        }
        _buffer[_length++] = (byte)value;
    }

    private void Reserve(int bytes)
    {
        if (_buffer.Length - _length >= bytes)
        {
            return;
        }
        var larger = ArrayPool<byte>.Shared.Rent(Math.Max(_buffer.Length * 2, _length + bytes));
        Written.CopyTo(larger);
        if (_rented is not null)
        {
            ArrayPool<byte>.Shared.Return(_rented);
        }
        _buffer = _rented = larger;
    }
}
