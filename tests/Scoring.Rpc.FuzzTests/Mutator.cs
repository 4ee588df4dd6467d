using System.Buffers.Binary;

namespace Scoring.Rpc.FuzzTests;

/// <summary>Makes new inputs of those of a corpus; the same random numbers give the same inputs.</summary>
/// <param name="seeds">The corpus; at least one.</param>
/// <param name="tokens">What means something to the parser under test.</param>
internal sealed class Mutator(IReadOnlyList<byte[]> seeds, IReadOnlyList<byte[]> tokens)
{
    /// <summary>No input is longer.</summary>
    public const int MaxLength = 64 * 1024;

    private static readonly byte[] Bytes = [0, 1, 2, 0x0a, 0x0d, 0x20, 0x22, 0x25, 0x2c, 0x3d, 0x7f, 0x80, 0xc0, 0xff];
    private static readonly uint[] Lengths =
    [
        0,
        1,
        4,
        5,
        255,
        65_535,
        65_536,
        65_537,
        0x7fff_ffff,
        0x8000_0000,
        0xffff_ffff,
    ];

    public byte[] Next(Random random)
    {
        var input = new List<byte>(Pick(seeds, random));
        // Often few changes, so that most of the structure stays and what lies behind it is reached too.
        for (var changes = 1 + (int)(random.NextDouble() * random.NextDouble() * 8); changes > 0; changes--)
        {
            Change(input, random);
        }

        return input.Count <= MaxLength ? [.. input] : [.. input.Take(MaxLength)];
    }

    private void Change(List<byte> input, Random random)
    {
        var at = random.Next(input.Count + 1);
        switch (random.Next(11))
        {
            case 0 when at < input.Count:
                input[at] ^= (byte)(1 << random.Next(8));
                break;
            case 1 when at < input.Count:
                input[at] = random.Next(2) == 0 ? Pick(Bytes, random) : (byte)random.Next(256);
                break;
            case 2:
                input.RemoveRange(at, Run(input, at, random));
                break;
            case 3:
                input.RemoveRange(at, input.Count - at);
                break;
            case 4:
                input.InsertRange(random.Next(input.Count + 1), input.GetRange(at, Run(input, at, random)));
                break;
            case 5:
                Splice(input, at, random);
                break;
            case 6:
                Repeat(input, at, random);
                break;
            case 7:
                LieAboutLength(input, at, random);
                break;
            case 8 when tokens.Count > 0:
                input.InsertRange(at, Pick(tokens, random));
                break;
            case 9 when tokens.Count > 0:
                input.RemoveRange(at, Run(input, at, random));
                input.InsertRange(at, Pick(tokens, random));
                break;
            default:
                Renumber(input, at, random);
                break;
        }
    }

    /// <summary>Goes on as another input does.</summary>
    private void Splice(List<byte> input, int at, Random random)
    {
        var other = Pick(seeds, random);
        var from = random.Next(other.Length + 1);
        input.RemoveRange(at, random.Next(2) == 0 ? input.Count - at : 0);
        input.InsertRange(at, other[from..(from + random.Next(other.Length - from + 1))]);
    }

    /// <summary>Mostly a few times, now and then as often as an input may be long, for what grows faster than its input.</summary>
    private static void Repeat(List<byte> input, int at, Random random)
    {
        var piece = input.GetRange(at, Run(input, at, random));
        var times = random.Next(40) == 0 ? MaxLength / Math.Max(1, piece.Count) : random.Next(8);
        for (; times > 0 && input.Count + piece.Count <= MaxLength; times--)
        {
            input.InsertRange(at, piece);
        }
    }

    private static void LieAboutLength(List<byte> input, int at, Random random)
    {
        if (input.Count < 5)
        {
            return;
        }

        at = random.Next(2) == 0 ? 1 : Math.Min(at, input.Count - 4);
        var length = random.Next(2) == 0 ? Pick(Lengths, random) : (uint)(input.Count - 5 + random.Next(-2, 3));
        Span<byte> bytes = stackalloc byte[4];
        BinaryPrimitives.WriteUInt32BigEndian(bytes, length);
        for (var i = 0; i < bytes.Length; i++)
        {
            input[at + i] = bytes[i];
        }
    }

    /// <summary>Puts an extreme number where there is one.</summary>
    private static void Renumber(List<byte> input, int at, Random random)
    {
        var digit = input.FindIndex(Math.Min(at, input.Count), b => b is >= (byte)'0' and <= (byte)'9');
        if (digit < 0)
        {
            return;
        }

        string[] numbers =
        [
            "0",
            "-1",
            "00",
            "1e400",
            "-0.0",
            "1e-400",
            "99999999",
            "100000000",
            "9999999999",
            "10000000000",
            "2147483648",
            "9223372036854775807",
            "9223372036854775808",
            "-9223372036854775809",
            "18446744073709551616",
            new string('9', 400),
        ];
        input.RemoveAt(digit);
        input.InsertRange(digit, System.Text.Encoding.ASCII.GetBytes(numbers[random.Next(numbers.Length)]));
    }

    private static int Run(List<byte> input, int at, Random random) =>
        random.Next(Math.Min(random.Next(4) == 0 ? int.MaxValue : 8, input.Count - at) + 1);

    private static T Pick<T>(IReadOnlyList<T> list, Random random) => list[random.Next(list.Count)];
}
