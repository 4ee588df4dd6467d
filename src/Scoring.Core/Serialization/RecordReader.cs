using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text;

namespace Scoring.Core.Serialization;

/// <summary>Reads what <see cref="RecordWriter"/> wrote.</summary>
/// <remarks>Every read throws <see cref="InvalidDataException"/> when the record is cut short or malformed.</remarks>
internal ref struct RecordReader(ReadOnlySpan<byte> source)
{
    private ReadOnlySpan<byte> _rest = source;

    /// <summary>What has not been read.</summary>
    public readonly ReadOnlySpan<byte> Rest => _rest;

    public readonly bool AtEnd => _rest.IsEmpty;

    public byte Byte() => Take(1)[0];

    /// <summary>A count of things of at least one byte each, so never more than there are bytes left, or a small number.</summary>
    public int Count()
    {
        uint value = 0;
        for (var shift = 0; shift < 35; shift += 7)
        {
            var next = Byte();
            value |= (uint)(next & 0x7f) << shift;
            if (next < 0x80)
            {
                return value <= Math.Max(_rest.Length, 1 << 16)
                    ? (int)value
                    : throw new InvalidDataException("A record has a count beyond its length.");
            }
        }
        throw new InvalidDataException("A record has a malformed count.");
    }

    public int Int32() => BinaryPrimitives.ReadInt32LittleEndian(Take(sizeof(int)));

    public long Int64() => BinaryPrimitives.ReadInt64LittleEndian(Take(sizeof(long)));

    public ulong UInt64() => BinaryPrimitives.ReadUInt64LittleEndian(Take(sizeof(ulong)));

    /// <summary>A number that is mostly small, of either sign.</summary>
    public long Difference()
    {
        var value = 0UL;
        for (var shift = 0; shift < 70; shift += 7)
        {
            var next = Byte();
            value |= (ulong)(next & 0x7f) << shift;
            if (next < 0x80)
            {
                return shift < 63 || next <= 1
                    ? (long)(value >> 1) ^ -(long)(value & 1)
                    : throw new InvalidDataException("A record has a malformed number.");
            }
        }
        throw new InvalidDataException("A record has a malformed number.");
    }

    public double Double() => BitConverter.UInt64BitsToDouble(UInt64());

    /// <summary>Numbers, one behind the other.</summary>
    public void Values<T>(scoped Span<T> values)
        where T : unmanaged
    {
        var bytes = MemoryMarshal.AsBytes(values);
        Take(bytes.Length).CopyTo(bytes);
    }

    public void Skip(int bytes) => Take(bytes);

    public ReadOnlySpan<byte> Text() => Take(Count());

    public string String() => Encoding.UTF8.GetString(Text());

    private ReadOnlySpan<byte> Take(int length)
    {
        if (length > _rest.Length)
        {
            throw new InvalidDataException("A record is cut short.");
        }
        var taken = _rest[..length];
        _rest = _rest[length..];
        return taken;
    }
}
