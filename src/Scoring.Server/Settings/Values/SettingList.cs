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
        return new([.. items.Select(item => (T)converter.ConvertFromInvariantString(Known(item))!)]);
    }

    // Of an enumeration the converter of .NET would take numbers too.
    private static string Known(string item) =>
        !typeof(T).IsEnum || Enum.GetNames(typeof(T)).Contains(item, StringComparer.OrdinalIgnoreCase)
            ? item
            : throw new FormatException($"'{item}' is none of the names.");

    public override string ToString() => string.Join(',', this);
}
