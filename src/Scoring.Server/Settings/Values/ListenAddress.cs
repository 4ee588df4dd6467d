using System.ComponentModel;
using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace Scoring.Server.Settings.Values;

/// <summary>Where to listen, written address:port.</summary>
[Description("address:port such as 127.0.0.1:5081, [::1]:5081 or *:5081 (all addresses); port 0 takes a free one")]
[TypeConverter(typeof(ParseConverter))]
internal sealed class ListenAddress(IPAddress address, int port) : IPEndPoint(address, port)
{
    /// <exception cref="FormatException">It is no endpoint.</exception>
    public static new ListenAddress Parse(string text)
    {
        var colon = text.LastIndexOf(':');
        var host = text[..Math.Max(colon, 0)];
        // An IPv6 address needs its brackets, or its last group would be taken for the port.
        if (host.Contains(':', StringComparison.Ordinal) && !host.StartsWith('['))
        {
            throw new FormatException($"'{text}' has no brackets around its address.");
        }
        var address = host switch
        {
            "localhost" => IPAddress.Loopback,
            "*" => IPAddress.IPv6Any,
            _ => IPAddress.Parse(host),
        };
        return new(address, ushort.Parse(text.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture));
    }

    /// <summary>Whether both cannot be listened on: the same port of the same address, or of one that stands for the other too.</summary>
    public bool SharesPortWith(IPEndPoint other) =>
        Port != 0 && Port == other.Port && (Covers(Address, other.Address) || Covers(other.Address, Address));

    private static bool Covers(IPAddress one, IPAddress other) =>
        one.Equals(other)
        || one.Equals(IPAddress.IPv6Any)
        || (one.Equals(IPAddress.Any) && other.AddressFamily == AddressFamily.InterNetwork);
}
