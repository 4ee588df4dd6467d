using System.Buffers;

namespace Scoring.Rpc.Compression;

/// <summary>Gives compressed bytes to a decompressor and sees whether it ended where they end.</summary>
/// <remarks>
/// The decompressors of .NET take a stream that is cut short for its end, and pass over what comes behind it. Therefore the bytes are
/// given in two parts, of which the second is asked for only by a decompressor that has used up the first, and is enough to finish.
/// </remarks>
internal sealed class CompressedStream : ReadOnlyStream
{
    /// <summary>An empty member of gzip, and a byte that begins none.</summary>
    private static readonly byte[] LastMember = Convert.FromHexString(
        "1F8B08000000000000FF" + "0300" + "00000000" + "00000000" + "00"
    );

    private ReadOnlySequence<byte> _rest;
    private ReadOnlySequence<byte> _last;
    private bool _askedForLast;
    private bool _askedForMore;

    private CompressedStream(ReadOnlySequence<byte> first, ReadOnlySequence<byte> last) =>
        (_rest, _last) = (first, last);

    /// <summary>Whether all bytes were needed, and no more.</summary>
    public bool EndedWhereItShould => _askedForLast && !_askedForMore;

    /// <summary>For decompressors that finish with the last byte of what they read.</summary>
    /// <param name="compressed">At least one byte.</param>
    public static CompressedStream OfOne(ReadOnlySequence<byte> compressed) =>
        new(compressed.Slice(0, compressed.Length - 1), compressed.Slice(compressed.Length - 1));

    /// <summary>
    /// For gzip, whose decompressor goes on to a further member if there is one: behind a whole one it takes the empty member and
    /// stops at the byte after that; within a broken one it takes both for data and asks for more.
    /// </summary>
    /// <param name="compressed">At least one byte.</param>
    public static CompressedStream OfMembers(ReadOnlySequence<byte> compressed) => new(compressed, new(LastMember));

    public override int Read(Span<byte> buffer)
    {
        if (_rest.IsEmpty)
        {
            _askedForMore = _askedForLast && _last.IsEmpty;
            _askedForLast = true;
            (_rest, _last) = (_last, default);
        }

        var count = (int)Math.Min(buffer.Length, _rest.Length);
        _rest.Slice(0, count).CopyTo(buffer);
        _rest = _rest.Slice(count);
        return count;
    }

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));
}
