using System.Buffers;
using System.IO.Compression;
using Scoring.Rpc.Messages;

namespace Scoring.Rpc.Compression;

/// <summary>A way to compress single messages. Identity is not one of them: it is the absence of any.</summary>
internal sealed class MessageEncoding
{
    public const string Identity = "identity";

    /// <summary>RFC 1952; the one that every gRPC implementation has.</summary>
    public static readonly MessageEncoding Gzip = new(
        "gzip",
        output => new GZipStream(output, CompressionLevel.Fastest, leaveOpen: true),
        input => new GZipStream(input, CompressionMode.Decompress)
    );

    private readonly Func<Stream, Stream> _compress;
    private readonly Func<Stream, Stream> _decompress;

    private MessageEncoding(string name, Func<Stream, Stream> compress, Func<Stream, Stream> decompress)
    {
        Name = name;
        _compress = compress;
        _decompress = decompress;
    }

    /// <summary>The token that headers name it by.</summary>
    public string Name { get; }

    /// <summary>Everything that is spoken here, as a header lists it.</summary>
    public static string Accepted => "identity,gzip";

    /// <summary>The encoding of a name, null for identity.</summary>
    /// <returns>Whether the name is known.</returns>
    public static bool TryFind(string? name, out MessageEncoding? encoding)
    {
        encoding = string.Equals(name, Gzip.Name, StringComparison.OrdinalIgnoreCase) ? Gzip : null;
        return encoding is not null
            || string.IsNullOrEmpty(name)
            || string.Equals(name, Identity, StringComparison.OrdinalIgnoreCase);
    }

    /// <summary>Whether a list such as <c>identity, gzip</c> has this encoding; with a weight of zero, as HTTP allows, it has it not.</summary>
    public bool IsIn(ReadOnlySpan<char> list)
    {
        foreach (var range in list.Split(','))
        {
            var item = list[range];
            var end = item.IndexOf(';');
            var name = end < 0 ? item : item[..end];
            if (name.Trim().Equals(Name, StringComparison.OrdinalIgnoreCase))
            {
                return end < 0 || !IsZeroWeight(item[(end + 1)..].Trim());
            }
        }

        return false;
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
    /// <exception cref="RpcException">It is larger than the limit, or is not of this encoding.</exception>
    public PooledBuffer Decompress(in ReadOnlySequence<byte> compressed, MessageLimit limit)
    {
        var output = new PooledBuffer((int)Math.Min(limit.Bytes, Math.Max(256, compressed.Length * 2)));
        try
        {
            using var stream = _decompress(new SequenceStream(compressed));
            while (stream.Read(output.GetSpan()) is > 0 and var read)
            {
                output.Advance(read);
                if (output.WrittenMemory.Length > limit.Bytes)
                {
                    throw limit.ExceededByDecompression();
                }
            }

            return output;
        }
        catch (Exception exception)
        {
            output.Dispose();
            if (exception is InvalidDataException)
            {
                throw new RpcException(
                    StatusCode.Internal,
                    $"A message is not valid {Name}.",
                    details: [],
                    inner: exception
                );
            }

            throw;
        }
    }

    private static bool IsZeroWeight(ReadOnlySpan<char> parameter) =>
        parameter.StartsWith("q=0", StringComparison.OrdinalIgnoreCase) && !parameter[3..].ContainsAnyInRange('1', '9');
}
