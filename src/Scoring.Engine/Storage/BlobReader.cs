using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Text;

namespace Scoring.Engine.Storage;

/// <summary>Reads what <see cref="BlobWriter"/> wrote.</summary>
/// <remarks>Every read throws <see cref="InvalidDataException"/> where the bytes end too early.</remarks>
internal ref struct BlobReader(ReadOnlySpan<byte> rest)
{
    /// <summary>Bytes of the longest varint.</summary>
    public const int LongestVarint = 10;

    private ReadOnlySpan<byte> _rest = rest;

    /// <summary>Reads something that was stored by itself.</summary>
    /// <exception cref="StoreException">The content is malformed.</exception>
    public static T Parse<T>(string place, ReadOnlySpan<byte> content, Reader<T> parse)
    {
        try
        {
            var reader = new BlobReader(content);
            return parse(ref reader);
        }
        catch (InvalidDataException e)
        {
            throw StoreErrors.Damaged(place, $"this file is malformed: {e.Message.TrimEnd('.')}");
        }
    }

    public readonly bool AtEnd => _rest.IsEmpty;

    public readonly ReadOnlySpan<byte> Rest => _rest;

    public byte Byte() => Bytes(sizeof(byte))[0];

    public int UInt16() => BinaryPrimitives.ReadUInt16LittleEndian(Bytes(sizeof(ushort)));

    public int Int32() => BinaryPrimitives.ReadInt32LittleEndian(Bytes(sizeof(int)));

    public long Int64() => BinaryPrimitives.ReadInt64LittleEndian(Bytes(sizeof(long)));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public ulong Varint()
    {
        if (_rest.IsEmpty || _rest[0] > 0x7F)
        {
            return LongVarint(ref _rest);
        }
        var value = _rest[0];
        _rest = _rest[1..];
        return value;
    }

    /// <summary>A varint that is at most so much.</summary>
    public int Varint(int most) =>
        Varint() is var value && value <= (uint)most
            ? (int)value
            : throw new InvalidDataException("A stored number is too large.");

    public string Text() => Encoding.UTF8.GetString(Bytes(UInt16()));

    public ReadOnlySpan<byte> Bytes(int count)
    {
        ThrowUnlessLeft(count);
        var bytes = _rest[..count];
        _rest = _rest[count..];
        return bytes;
    }

    /// <summary>As many of something as is said, each of which takes a byte at least.</summary>
    public T[] Many<T>(int count, Reader<T> read)
    {
        ThrowUnlessLeft(count);
        var all = new T[count];
        for (var i = 0; i < count; i++)
        {
            all[i] = read(ref this);
        }
        return all;
    }

    private readonly void ThrowUnlessLeft(int bytes)
    {
        if (bytes < 0 || bytes > _rest.Length)
        {
            throw new InvalidDataException("A stored blob is cut short.");
        }
    }

    private static ulong LongVarint(ref ReadOnlySpan<byte> rest)
    {
        var value = 0UL;
        for (var i = 0; i < Math.Min(rest.Length, LongestVarint); i++)
        {
            value |= (rest[i] & 0x7FUL) << (7 * i);
            if (rest[i] <= 0x7F)
            {
                rest = rest[(i + 1)..];
                return value;
            }
        }
        throw new InvalidDataException("A stored number is cut short.");
    }

    /// <summary>Reads one thing.</summary>
    public delegate T Reader<out T>(ref BlobReader reader);
}
