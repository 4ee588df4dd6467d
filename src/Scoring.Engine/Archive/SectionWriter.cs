using Scoring.Engine.Storage;
using ZstdSharp;

namespace Scoring.Engine.Archive;

/// <summary>Writes the sections of a chunk or of an index, one behind the other.</summary>
/// <remarks>
/// Length (varint), and unless that is 0, the length that it is compressed to (varint), or 0 where it is not; then its bytes. Each is compressed by
/// itself, with zstd at level 1, where that makes it shorter.
/// </remarks>
/// <param name="compress">Whether any is compressed.</param>
internal sealed class SectionWriter(bool compress) : IDisposable
{
    /// <summary>Longer sections are not compressed: so it is known how much memory it takes to read one.</summary>
    public const int MostCompressedBytes = 1 << 20;

    private const int Level = 1;

    // Shorter ones are hardly made shorter.
    private const int LeastCompressedBytes = 32;
    private readonly Compressor? _zstd = compress ? new(Level) : null;
    private byte[] _compressed = [];

    public void Write(BlobWriter target, ReadOnlySpan<byte> section)
    {
        target.Varint((uint)section.Length);
        if (section.IsEmpty)
        {
            return;
        }
        var compressed = Compress(section);
        target.Varint((uint)compressed.Length);
        target.Bytes(compressed.IsEmpty ? section : compressed);
    }

    public void Dispose() => _zstd?.Dispose();

    /// <summary>What a section is compressed to; empty when it is to stay as it is.</summary>
    private ReadOnlySpan<byte> Compress(ReadOnlySpan<byte> section)
    {
        if (_zstd is null || section.Length is < LeastCompressedBytes or > MostCompressedBytes)
        {
            return [];
        }
        if (_compressed.Length < section.Length)
        {
            _compressed = new byte[section.Length];
        }
        return _zstd.TryWrap(section, _compressed.AsSpan(0, section.Length - 1), out var length)
            ? _compressed.AsSpan(0, length)
            : [];
    }
}
