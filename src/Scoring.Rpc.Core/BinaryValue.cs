using System.Buffers;
using System.Buffers.Text;

namespace Scoring.Rpc;

/// <summary>Values of <c>-bin</c> headers: base64, sent without padding, read with or without it.</summary>
internal static class BinaryValue
{
    public static string Encode(ReadOnlySpan<byte> bytes) => Convert.ToBase64String(bytes).TrimEnd('=');

    /// <summary>The bytes of one value.</summary>
    /// <returns>Whether the text is base64.</returns>
    public static bool TryDecode(ReadOnlySpan<char> text, out byte[] bytes)
    {
        var digits = text.Trim().TrimEnd('=');
        var length = digits.Length;
        bytes = [];
        // The decoder skips white space, of which a value has none.
        if (length % 4 == 1 || text.Trim().Length - length > 2 || digits.ContainsAny(" \t\r\n"))
        {
            return false;
        }

        var padded = ArrayPool<char>.Shared.Rent(length + 3);
        try
        {
            digits.CopyTo(padded);
            padded.AsSpan(length, 3).Fill('=');
            var total = (length + 3) / 4 * 4;
            bytes = new byte[Base64.GetMaxDecodedFromUtf8Length(total)];
            if (!Convert.TryFromBase64Chars(padded.AsSpan(0, total), bytes, out var written))
            {
                bytes = [];
                return false;
            }

            Array.Resize(ref bytes, written);
            return true;
        }
        finally
        {
            ArrayPool<char>.Shared.Return(padded);
        }
    }
}
