using Scoring.Engine.Storage;
using ZstdSharp;

namespace Scoring.Engine.Archive;

/// <summary>Takes apart what a <see cref="SectionWriter"/> put together.</summary>
/// <param name="count">How many sections there are.</param>
/// <param name="optional">How many of them, the last ones, are empty where they are left out.</param>
internal sealed class SectionReader(int count, int optional = 0)
{
    private readonly ReadOnlyMemory<byte>[] _sections = new ReadOnlyMemory<byte>[count];
    private readonly int[] _lengths = new int[count];
    private byte[] _unpacked = [];

    /// <summary>A section; until others are read, or what they were read from changes.</summary>
    public ReadOnlyMemory<byte> this[int section] => _sections[section];

    /// <summary>Reads all sections.</summary>
    /// <exception cref="InvalidDataException">They are malformed.</exception>
    public void Read(ReadOnlyMemory<byte> content)
    {
        var unpackedBytes = Divide(content);
        if (unpackedBytes == 0)
        {
            return;
        }
        if (_unpacked.Length < unpackedBytes)
        {
            _unpacked = new byte[unpackedBytes];
        }
        using var zstd = new Decompressor();
        var rest = _unpacked.AsMemory();
        for (var i = 0; i < count; i++)
        {
            if (_lengths[i] > 0)
            {
                var section = rest[.._lengths[i]];
                Unpack(zstd, _sections[i].Span, section.Span);
                _sections[i] = section;
                rest = rest[section.Length..];
            }
        }
    }

    /// <summary>Finds the sections and the lengths of those that are compressed; gives the sum of these.</summary>
    private int Divide(ReadOnlyMemory<byte> content)
    {
        var reader = new BlobReader(content.Span);
        var sum = 0;
        for (var i = 0; i < count; i++)
        {
            var isLeftOut = reader.AtEnd && i >= count - optional;
            var length = isLeftOut ? 0 : reader.Varint(content.Length + SectionWriter.MostCompressedBytes);
            var compressed = length == 0 ? 0 : reader.Varint(content.Length);
            _lengths[i] = compressed == 0 ? 0 : length;
            if (_lengths[i] > SectionWriter.MostCompressedBytes)
            {
                throw new InvalidDataException("A section is too long.");
            }
            sum += _lengths[i];
            var bytes = reader.Bytes(compressed == 0 ? length : compressed).Length;
            _sections[i] = content.Slice(content.Length - reader.Rest.Length - bytes, bytes);
        }
        return reader.AtEnd ? sum : throw new InvalidDataException("Its sections have bytes left over.");
    }

    private static void Unpack(Decompressor zstd, ReadOnlySpan<byte> section, Span<byte> target)
    {
        try
        {
            if (zstd.Unwrap(section, target) == target.Length)
            {
                return;
            }
        }
        catch (ZstdException e)
        {
            throw new InvalidDataException($"A section cannot be decompressed: {e.Message}", e);
        }
        throw new InvalidDataException("A section is shorter than is said.");
    }
}
