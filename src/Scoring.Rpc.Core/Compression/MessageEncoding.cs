using System.Buffers;
using System.Globalization;
using System.IO.Compression;
using Scoring.Rpc.Messages;

namespace Scoring.Rpc.Compression;

/// <summary>A way to compress single messages. Identity is not one of them: it is the absence of any.</summary>
/// <remarks>All protocols offer and take the same ones, by the same names; those that HTTP has are the same there (RFC 9110, section 8.4.1).</remarks>
internal sealed class MessageEncoding
{
    public const string Identity = "identity";

    /// <summary>RFC 1952; the one that every gRPC implementation has. Several members one behind the other are one message.</summary>
    public static readonly MessageEncoding Gzip = new(
        "gzip",
        output => new GZipStream(output, CompressionLevel.Fastest, leaveOpen: true),
        input => new GZipStream(input, CompressionMode.Decompress),
        CompressedStream.OfMembers
    );

    /// <summary>RFC 7932; for the same speed smaller than the others.</summary>
    public static readonly MessageEncoding Brotli = new(
        "br",
        output => new BrotliStream(output, CompressionLevel.Fastest, leaveOpen: true),
        input => new BrotliStream(input, CompressionMode.Decompress),
        CompressedStream.OfOne
    );

    /// <summary>RFC 1950, the form of zlib, which is what HTTP and gRPC mean by this name; the bare one of RFC 1951 is not taken.</summary>
    public static readonly MessageEncoding Deflate = new(
        "deflate",
        output => new ZLibStream(output, CompressionLevel.Fastest, leaveOpen: true),
        input => new ZLibStream(input, CompressionMode.Decompress),
        CompressedStream.OfOne
    );

    /// <summary>All there are; among those that a caller likes equally the first is used.</summary>
    private static readonly MessageEncoding[] All = [Gzip, Brotli, Deflate];

    private readonly Func<Stream, Stream> _compress;
    private readonly Func<Stream, Stream> _decompress;
    private readonly Func<ReadOnlySequence<byte>, CompressedStream> _open;

    private MessageEncoding(
        string name,
        Func<Stream, Stream> compress,
        Func<Stream, Stream> decompress,
        Func<ReadOnlySequence<byte>, CompressedStream> open
    )
    {
        Name = name;
        _compress = compress;
        _decompress = decompress;
        _open = open;
    }

    /// <summary>The token that headers name it by.</summary>
    public string Name { get; }

    /// <summary>Everything that is spoken here, as a header lists it.</summary>
    public static string Accepted => "identity,gzip,br,deflate";

    /// <summary>The encoding of a name, null for identity.</summary>
    /// <returns>Whether the name is known.</returns>
    public static bool TryFind(string? name, out MessageEncoding? encoding)
    {
        encoding = null;
        if (string.IsNullOrEmpty(name) || string.Equals(name, Identity, StringComparison.OrdinalIgnoreCase))
        {
            return true;
        }

        encoding = Array.Find(All, known => string.Equals(known.Name, name, StringComparison.OrdinalIgnoreCase));
        return encoding is not null;
    }

    /// <summary>The encoding for a caller that takes those of a list such as <c>identity, gzip</c>; null for none.</summary>
    /// <remarks>
    /// Weights, which the lists of HTTP may have (<c>br;q=0.5</c>, RFC 9110, section 12.4.2), go before the order here, and so does a
    /// weight of identity that is above all others.
    /// </remarks>
    public static MessageEncoding? Choose(ReadOnlySpan<char> accepted)
    {
        MessageEncoding? best = null;
        var most = 0.0;
        foreach (var encoding in All)
        {
            var weight = WeightOf(encoding.Name, accepted) ?? WeightOf("*", accepted) ?? 0;
            if (weight > most)
            {
                (best, most) = (encoding, weight);
            }
        }

        return WeightOf(Identity, accepted) > most ? null : best;
    }

    public PooledBuffer Compress(ReadOnlyMemory<byte> plain)
    {
        var output = new PooledBuffer(Math.Max(256, plain.Length / 2));
        using (var stream = _compress(new BufferStream(output)))
        {
            stream.Write(plain.Span);
        }

        return output;
    }

    /// <summary>The message behind a compressed one; stops as soon as it is larger than the limit.</summary>
    /// <param name="compressed">The message as it came.</param>
    /// <param name="limit">The most that it may be.</param>
    /// <param name="malformed">What a message that is not of this encoding is to the protocol.</param>
    /// <exception cref="RpcException">It is larger than the limit, cut short, followed by something else, or not of this encoding.</exception>
    public PooledBuffer Decompress(
        in ReadOnlySequence<byte> compressed,
        MessageLimit limit,
        StatusCode malformed = StatusCode.Internal
    )
    {
        var output = new PooledBuffer((int)Math.Min(limit.Bytes, Math.Max(256, compressed.Length * 2)));
        // Nothing at all is an empty message that was not worth compressing.
        if (compressed.IsEmpty)
        {
            return output;
        }

        try
        {
            var input = _open(compressed);
            using var stream = _decompress(input);
            while (stream.Read(output.GetSpan()) is > 0 and var read)
            {
                output.Advance(read);
                if (output.WrittenMemory.Length > limit.Bytes)
                {
                    throw limit.ExceededByDecompression();
                }
            }

            return input.EndedWhereItShould ? output : throw Invalid(malformed, inner: null);
        }
        // The streams of .NET differ in what they throw; zlib's own errors are IOExceptions.
        catch (Exception exception) when (exception is InvalidDataException or InvalidOperationException or IOException)
        {
            output.Dispose();
            throw Invalid(malformed, exception);
        }
        catch
        {
            output.Dispose();
            throw;
        }
    }

    /// <summary>The weight that a list gives a name, 0 to 1; null if it is not in the list.</summary>
    private static double? WeightOf(string name, ReadOnlySpan<char> list)
    {
        foreach (var range in list.Split(','))
        {
            var item = list[range];
            var end = item.IndexOf(';');
            if ((end < 0 ? item : item[..end]).Trim().Equals(name, StringComparison.OrdinalIgnoreCase))
            {
                return end < 0 ? 1 : Weight(item[(end + 1)..].Trim());
            }
        }

        return null;
    }

    /// <remarks>What is no weight counts as none, so that nothing is sent that the caller may have meant to refuse.</remarks>
    private static double Weight(ReadOnlySpan<char> parameter) =>
        parameter.StartsWith("q=", StringComparison.OrdinalIgnoreCase)
        && double.TryParse(parameter[2..], NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var weight)
            ? weight
            : 0;

    private RpcException Invalid(StatusCode malformed, Exception? inner) =>
        new(malformed, $"A message is not valid {Name}.", details: [], inner: inner);
}
