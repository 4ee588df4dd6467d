using Scoring.Engine.Storage;

namespace Scoring.Engine.Archive;

/// <summary>The forms of numbers that may be negative, and of values.</summary>
internal static class Numbers
{
    private const int Shift = 3;
    private const int Raw = (1 << Shift) - 1;
    private const double LargestWhole = 1L << 53;

    // Exact, as any whole number up to the largest is: so a quotient is the double next to the decimal number, which is what texts are read as.
    private static ReadOnlySpan<double> PowersOfTen => [1, 10, 100, 1e3, 1e4, 1e5, 1e6];

    /// <summary>Small numbers of both signs as small ones without.</summary>
    public static ulong Zigzag(long value) => (ulong)((value << 1) ^ (value >> 63));

    /// <summary>The number that <see cref="Zigzag"/> made this of.</summary>
    public static long Unzigzag(ulong value) => (long)(value >> 1) ^ -(long)(value & 1);

    /// <summary>Writes a whole number or a decimal of up to 6 places as such, and any other value as its 8 bytes.</summary>
    public static void WriteValue(BlobWriter target, double value)
    {
        for (var places = 0; places < PowersOfTen.Length; places++)
        {
            var nearest = Math.Round(value * PowersOfTen[places]);
            if (!(Math.Abs(nearest) <= LargestWhole))
            {
                break;
            }
            // As a whole number, which knows no negative zero.
            var whole = (long)nearest;
            if (IsSame(whole / PowersOfTen[places], value))
            {
                target.Varint((Zigzag(whole) << Shift) | (uint)places);
                return;
            }
        }
        target.Varint(Raw);
        target.Int64(BitConverter.DoubleToInt64Bits(value));
    }

    /// <exception cref="InvalidDataException">It is none.</exception>
    public static double ReadValue(ref BlobReader reader)
    {
        var code = reader.Varint();
        return (code & Raw) == Raw
            ? BitConverter.Int64BitsToDouble(reader.Int64())
            : Unzigzag(code >> Shift) / PowersOfTen[(int)(code & Raw)];
    }

    private static bool IsSame(double one, double other) =>
        BitConverter.DoubleToInt64Bits(one) == BitConverter.DoubleToInt64Bits(other);
}
