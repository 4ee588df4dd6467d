using System.Buffers;
using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text;

namespace Scoring.Core.Serialization;

/// <summary>Writes the stored form of records: little endian, counts and lengths as varints, texts as UTF-8.</summary>
internal readonly ref struct RecordWriter(IBufferWriter<byte> target)
{
    public void Byte(byte value)
    {
        target.GetSpan(1)[0] = value;
        target.Advance(1);
    }

    public void Count(int value)
    {
        var span = target.GetSpan(5);
        var rest = (uint)value;
        var length = 0;
        while (rest >= 0x80)
        {
            span[length++] = (byte)(rest | 0x80);
            rest >>= 7;
        }
        span[length++] = (byte)rest;
        target.Advance(length);
    }

    public void Int32(int value)
    {
        BinaryPrimitives.WriteInt32LittleEndian(target.GetSpan(sizeof(int)), value);
        target.Advance(sizeof(int));
    }

    public void Int64(long value) => UInt64((ulong)value);

    public void UInt64(ulong value)
    {
        BinaryPrimitives.WriteUInt64LittleEndian(target.GetSpan(sizeof(ulong)), value);
        target.Advance(sizeof(ulong));
    }

    /// <summary>A number that is mostly small, of either sign: as a varint, the sign in the lowest bit.</summary>
    public void Difference(long value)
    {
        var span = target.GetSpan(10);
        var rest = (ulong)((value << 1) ^ (value >> 63));
        var length = 0;
        while (rest >= 0x80)
        {
            span[length++] = (byte)(rest | 0x80);
            rest >>= 7;
        }
        span[length++] = (byte)rest;
        target.Advance(length);
    }

    public void Double(double value) => UInt64(BitConverter.DoubleToUInt64Bits(value));

    /// <summary>Numbers, one behind the other.</summary>
    public void Values<T>(ReadOnlySpan<T> values)
        where T : unmanaged => target.Write(MemoryMarshal.AsBytes(values));

    public void Text(string value)
    {
        var length = Encoding.UTF8.GetByteCount(value);
        Count(length);
        Encoding.UTF8.GetBytes(value, target.GetSpan(length));
        target.Advance(length);
    }

    public void Text(ReadOnlySpan<byte> value)
    {
        Count(value.Length);
        target.Write(value);
    }
}
