using System.ComponentModel;

namespace Scoring.Server.Settings.Values;

/// <summary>A number of bytes, written such as 1048576, 512KiB or 16MiB.</summary>
[Description("a size such as 1048576, 512KiB or 16MiB")]
[TypeConverter(typeof(ParseConverter))]
internal readonly record struct Size(long Bytes) : IComparable
{
    private static readonly Units Units = new(
        ("", 1),
        ("KiB", 1L << 10),
        ("MiB", 1L << 20),
        ("GiB", 1L << 30),
        ("TiB", 1L << 40)
    );

    public static implicit operator long(Size size) => size.Bytes;

    /// <exception cref="FormatException">It is no size.</exception>
    /// <exception cref="OverflowException">It is too large.</exception>
    public static Size Parse(string text) => new(Units.Parse(text));

    public override string ToString() => Units.Write(Bytes);

    int IComparable.CompareTo(object? obj) => Bytes.CompareTo(((Size)obj!).Bytes);
}
