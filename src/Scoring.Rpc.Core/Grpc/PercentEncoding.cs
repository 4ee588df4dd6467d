using System.Buffers;
using System.Text;

namespace Scoring.Rpc.Grpc;

/// <summary>The form of <c>grpc-message</c>: UTF-8, in which every byte but printable ASCII, and the percent sign, is <c>%XX</c>.</summary>
internal static class PercentEncoding
{
    private const string Hex = "0123456789ABCDEF";

    private static readonly SearchValues<char> Plain = SearchValues.Create(
        string.Concat(Enumerable.Range(' ', '~' - ' ' + 1).Select(c => (char)c).Where(c => c != '%'))
    );

    public static string Encode(string text)
    {
        if (!text.AsSpan().ContainsAnyExcept(Plain))
        {
            return text;
        }

        var encoded = new StringBuilder(text.Length + 16);
        foreach (var b in Encoding.UTF8.GetBytes(text))
        {
            if (b is >= (byte)' ' and <= (byte)'~' and not (byte)'%')
            {
                encoded.Append((char)b);
            }
            else
            {
                encoded.Append('%').Append(Hex[b >> 4]).Append(Hex[b & 15]);
            }
        }

        return encoded.ToString();
    }

    /// <summary>Never fails: a percent sign that no two hex digits follow stands for itself, bytes that are not UTF-8 become U+FFFD.</summary>
    public static string Decode(string text)
    {
        if (!text.Contains('%', StringComparison.Ordinal))
        {
            return text;
        }

        var source = Encoding.UTF8.GetBytes(text);
        var decoded = new byte[source.Length];
        var length = 0;
        for (var i = 0; i < source.Length; i++)
        {
            if (
                source[i] == '%'
                && i + 2 < source.Length
                && char.IsAsciiHexDigit((char)source[i + 1])
                && char.IsAsciiHexDigit((char)source[i + 2])
            )
            {
                decoded[length++] = (byte)((Value(source[i + 1]) << 4) | Value(source[i + 2]));
                i += 2;
            }
            else
            {
                decoded[length++] = source[i];
            }
        }

        return Encoding.UTF8.GetString(decoded, 0, length);
    }

    private static int Value(byte digit) => digit <= '9' ? digit - '0' : (digit | 0x20) - 'a' + 10;
}
