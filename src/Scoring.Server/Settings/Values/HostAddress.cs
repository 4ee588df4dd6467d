using System.ComponentModel;
using System.Net;

namespace Scoring.Server.Settings.Values;

/// <summary>The IP address of a machine.</summary>
[Description("an IP address")]
[TypeConverter(typeof(ParseConverter))]
internal sealed record HostAddress(IPAddress Value)
{
    /// <exception cref="FormatException">It is no IP address.</exception>
    public static HostAddress Parse(string text) => new(IPAddress.Parse(text));

    public override string ToString() => Value.ToString();
}
