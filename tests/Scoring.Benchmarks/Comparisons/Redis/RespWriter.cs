using System.Buffers;
using System.Globalization;
using System.Text;

namespace Scoring.Benchmarks.Comparisons.Redis;

/// <summary>Commands as Redis takes them (RESP2): arrays of bulk strings.</summary>
internal static class RespWriter
{
    public static byte[] Command(params IReadOnlyList<string> words)
    {
        var output = new ArrayBufferWriter<byte>();
        Write(output, words);
        return output.WrittenSpan.ToArray();
    }

    public static void Write(ArrayBufferWriter<byte> output, IReadOnlyList<string> words)
    {
        Text(output, string.Create(CultureInfo.InvariantCulture, $"*{words.Count}\r\n"));
        foreach (var word in words)
        {
            Text(
                output,
                string.Create(CultureInfo.InvariantCulture, $"${Encoding.UTF8.GetByteCount(word)}\r\n{word}\r\n")
            );
        }
    }

    private static void Text(ArrayBufferWriter<byte> output, string text) => output.Write(Encoding.UTF8.GetBytes(text));
}
