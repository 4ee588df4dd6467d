using System.ComponentModel;

namespace Scoring.Server.Settings.Values;

/// <summary>An origin as browsers write it, in lower case and without the port that its scheme has anyway; or * for every origin.</summary>
[Description("origins such as https://app.example or http://localhost:3000, without a path, or *")]
[TypeConverter(typeof(ParseConverter))]
internal sealed record Origin(string Text)
{
    /// <exception cref="FormatException">It is no origin.</exception>
    public static Origin Parse(string text)
    {
        if (text == "*")
        {
            return new Origin(text);
        }
        var uri = new Uri(text, UriKind.Absolute);
        var host = uri.HostNameType == UriHostNameType.IPv6 ? uri.Host : uri.IdnHost;
        var isOnlyOrigin =
            text.StartsWith($"{uri.Scheme}://", StringComparison.OrdinalIgnoreCase)
            && text.IndexOfAny(['/', '?', '#', '@', '\\', '*', ' '], uri.Scheme.Length + 3) < 0;
        return isOnlyOrigin && host.Length > 0
            ? new Origin($"{uri.Scheme}://{host.ToLowerInvariant()}{(uri.IsDefaultPort ? "" : $":{uri.Port}")}")
            : throw new FormatException($"'{text}' is more than an origin.");
    }

    public override string ToString() => Text;
}
