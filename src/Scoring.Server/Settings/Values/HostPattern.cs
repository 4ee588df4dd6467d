using System.ComponentModel;

namespace Scoring.Server.Settings.Values;

/// <summary>Hosts that a request may be for: a name or an address without a port, all names below one, or * for all.</summary>
[Description("names such as scoring.example or *.example, or IP addresses, without ports, or *")]
[TypeConverter(typeof(ParseConverter))]
internal sealed record HostPattern(string Text)
{
    /// <exception cref="FormatException">It is no host.</exception>
    public static HostPattern Parse(string text)
    {
        var name = text.StartsWith("*.", StringComparison.Ordinal) ? text[2..] : text;
        return text == "*" || Uri.CheckHostName(name) != UriHostNameType.Unknown
            ? new HostPattern(text)
            : throw new FormatException($"'{text}' is no host.");
    }

    public override string ToString() => Text;
}
