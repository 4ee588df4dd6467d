using System.ComponentModel;

namespace Scoring.Server.Settings.Values;

/// <summary>What those may do who are known by a name elsewhere: a role of their token, or a name of their certificate.</summary>
/// <param name="Name">The name, exactly.</param>
/// <param name="Grant">What they may do.</param>
[Description("NAME=ROLE@WORKSPACE, with ingest, read, model or admin for a role and * for all workspaces")]
[TypeConverter(typeof(ParseConverter))]
internal sealed record GrantRule(string Name, AccessGrant Grant)
{
    /// <exception cref="FormatException">It is no rule.</exception>
    public static GrantRule Parse(string text)
    {
        var equals = text.LastIndexOf('=');
        return equals > 0
            ? new(text[..equals], AccessGrant.Parse(text[(equals + 1)..]))
            : throw new FormatException($"'{text}' grants nothing.");
    }

    public override string ToString() => $"{Name}={Grant}";
}
