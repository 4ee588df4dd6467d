using System.Collections.ObjectModel;
using System.ComponentModel;

namespace Scoring.Server.Settings.Values;

/// <summary>Databases in Npgsql's words, written with bars between them, since their words have commas and semicolons.</summary>
[Description("connection strings, with | between them")]
[TypeConverter(typeof(ParseConverter))]
internal sealed class Databases(IList<string> items) : ReadOnlyCollection<string>(items)
{
    public static Databases Parse(string text) =>
        new(text.Split('|', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries));

    public override string ToString() => string.Join(" | ", this);
}
