using System.Collections.ObjectModel;
using System.ComponentModel;

namespace Scoring.Server.Settings.Values;

/// <summary>A list, written with commas between its items.</summary>
[TypeConverter(typeof(ParseConverter))]
internal sealed class SettingList<T>(IList<T> items) : ReadOnlyCollection<T>(items)
{
    public static SettingList<T> Parse(string text)
    {
        var converter = TypeDescriptor.GetConverter(typeof(T));
        var items = text.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        return new([.. items.Select(item => (T)converter.ConvertFromInvariantString(item)!)]);
    }

    public override string ToString() => string.Join(',', this);
}
