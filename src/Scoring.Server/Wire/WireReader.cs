using System.Buffers.Binary;
using System.Runtime.CompilerServices;

namespace Scoring.Server.Wire;

/// <summary>Reads the binary form of protobuf where it lies, without an object or a string per field.</summary>
/// <remarks>
/// After the encoding's specification, protobuf.dev/programming-guides/encoding, with the liberties that Google.Protobuf takes: lengths and
/// tags are the low 32 bits of what is written. What cannot be read ends the reading and sets <see cref="IsMalformed"/>.
/// </remarks>
/// <param name="bytes">A message.</param>
internal ref struct WireReader(ReadOnlySpan<byte> bytes)
{
    /// <summary>A tag is the number of a field, shifted by so many bits, with the way that the field is written in them.</summary>
    public const int WireTypeBits = 3;

    public const int Varint = 0;
    public const int Fixed64 = 1;
    public const int Delimited = 2;
    private const int GroupStart = 3;
    private const int GroupEnd = 4;
    private const int Fixed32 = 5;
    private const int DeepestGroup = 100;

    private ReadOnlySpan<byte> _rest = bytes;

    /// <summary>Whether something could not be read.</summary>
    public bool IsMalformed { get; private set; }

    /// <summary>Goes to the next field.</summary>
    /// <returns>False at the end of the message.</returns>
    public bool TryReadTag(out uint tag)
    {
        tag = 0;
        if (_rest.IsEmpty)
        {
            return false;
        }
        tag = (uint)ReadVarint();
        if (tag >> WireTypeBits == 0)
        {
            Fail();
        }
        return !IsMalformed;
    }

    /// <summary>Goes to the next field of a tag, past all others.</summary>
    /// <returns>False at the end of the message.</returns>
    public bool TrySeek(uint wanted)
    {
        while (TryReadTag(out var tag))
        {
            if (tag == wanted)
            {
                return true;
            }
            Skip(tag);
        }
        return false;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public ulong ReadVarint()
    {
        if (!_rest.IsEmpty && _rest[0] < 0x80)
        {
            ulong value = _rest[0];
            _rest = _rest[1..];
            return value;
        }
        return ReadLongVarint();
    }

    public double ReadDouble() =>
        BitConverter.UInt64BitsToDouble(
            Take(sizeof(double)) is { IsEmpty: false } eight ? BinaryPrimitives.ReadUInt64LittleEndian(eight) : 0
        );

    /// <summary>The bytes of a text or of a message within.</summary>
    public ReadOnlySpan<byte> ReadDelimited() => Take((int)ReadVarint());

    /// <summary>Passes over a field that means nothing here.</summary>
    public void Skip(uint tag) => Skip(tag, depth: 0);

    private void Skip(uint tag, int depth)
    {
        switch ((int)(tag & ((1 << WireTypeBits) - 1)))
        {
            case Varint:
                ReadVarint();
                break;
            case Fixed64:
                Take(sizeof(ulong));
                break;
            case Delimited:
                ReadDelimited();
                break;
            case GroupStart when depth < DeepestGroup:
                SkipGroup(tag - GroupStart + GroupEnd, depth + 1);
                break;
            case Fixed32:
                Take(sizeof(uint));
                break;
            default:
                Fail();
                break;
        }
    }

    private void SkipGroup(uint end, int depth)
    {
        while (TryReadTag(out var tag))
        {
            if (tag == end)
            {
                return;
            }
            Skip(tag, depth);
        }
        Fail();
    }

    private ulong ReadLongVarint()
    {
        ulong value = 0;
        for (var (i, shift) = (0, 0); i < _rest.Length && shift < 64; i++, shift += 7)
        {
            value |= (ulong)(_rest[i] & 0x7F) << shift;
            if (_rest[i] < 0x80)
            {
                _rest = _rest[(i + 1)..];
                return value;
            }
        }
        Fail();
        return 0;
    }

    private ReadOnlySpan<byte> Take(int length)
    {
        if ((uint)length > (uint)_rest.Length)
        {
            Fail();
            return default;
        }
        var taken = _rest[..length];
        _rest = _rest[length..];
        return taken;
    }

    private void Fail()
    {
        IsMalformed = true;
        _rest = default;
    }
}
