using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using System.Globalization;
using System.Reflection;
using Scoring.Server.Settings.Values;

namespace Scoring.Server.Settings;

/// <summary>One setting, as its property describes it: by name, type, default, description and rules.</summary>
internal sealed class Setting
{
    private const int LongestShown = 100;

    private readonly PropertyInfo _property;
    private readonly Type _type;
    private readonly TypeConverter _converter;
    private readonly ValidationAttribute[] _rules;
    private readonly string _description;
    private readonly string _range;

    /// <param name="property">The property, which has a description.</param>
    /// <param name="defaults">An object that holds its default.</param>
    public Setting(PropertyInfo property, object defaults)
    {
        _property = property;
        _type = Nullable.GetUnderlyingType(property.PropertyType) ?? property.PropertyType;
        _converter = TypeDescriptor.GetConverter(_type);
        _rules = [.. property.GetCustomAttributes<ValidationAttribute>()];
        var range = _rules.OfType<RangeAttribute>().FirstOrDefault();
        _range = range is null ? "" : $"{range.Minimum:N0} to {range.Maximum:N0}";
        // Its first check turns the texts of its ends into values, which several threads must not do at once.
        _ = range?.IsValid(null);
        Name = property.GetCustomAttribute<ConfigurationKeyNameAttribute>()?.Name ?? property.Name;
        _description = property.GetCustomAttribute<DescriptionAttribute>()!.Description;
        Default = Write(property.GetValue(defaults));
        var generic = _type.IsGenericType ? _type.GetGenericTypeDefinition() : null;
        IsList = generic == typeof(SettingList<>);
        Inner = generic == typeof(Dictionary<,>) ? _type.GenericTypeArguments[1] : null;
    }

    /// <summary>Its name, for example "MaxBatch".</summary>
    public string Name { get; }

    /// <summary>What it means, and what it must be, for people.</summary>
    public string Meaning => $"{_description} Must be {Allowed}.";

    /// <summary>Its default as one would write it; empty when it is unset.</summary>
    public string Default { get; }

    /// <summary>Whether it is a list: an array in a file, a text with commas elsewhere.</summary>
    public bool IsList { get; }

    /// <summary>The class whose settings it holds for each of the names that are below it; null when it is a value.</summary>
    public Type? Inner { get; }

    /// <summary>What it must be, such as "a whole number, 1 to 1,024".</summary>
    public string Allowed => _range.Length > 0 ? $"{Form}, {_range}" : Form;

    private string Form =>
        _rules.FirstOrDefault(rule => rule is not RangeAttribute)?.FormatErrorMessage(Name)
        ?? (
            _type.IsEnum ? string.Join(" or ", Enum.GetNames(_type))
            : _type == typeof(bool) ? "true or false"
            : _type == typeof(int) ? "a whole number"
            : (IsList ? _type.GenericTypeArguments[0] : _type).GetCustomAttribute<DescriptionAttribute>()?.Description
        )
        ?? "a text";

    /// <summary>Its value in an object.</summary>
    public object? ValueIn(object settings) => _property.GetValue(settings);

    /// <summary>A value as one would write it.</summary>
    public static string Write(object? value) =>
        value is bool flag ? (flag ? "true" : "false") : Convert.ToString(value, CultureInfo.InvariantCulture) ?? "";

    /// <summary>Whether a value keeps the rules. Its default does: there, that it is unset is one of its values.</summary>
    public bool IsValid(object? value) =>
        Write(value) == Default
        || (
            value is not null
            && (!_type.IsEnum || Enum.IsDefined(_type, value))
            && _rules.All(rule => rule.IsValid(value))
        );

    /// <summary>Whether there may be settings of its <see cref="Inner"/> class by a name.</summary>
    public bool IsName(string name) => _rules.All(rule => rule.IsValid(name));

    /// <summary>Whether a text stands for a value that keeps the rules.</summary>
    public bool Accepts(string text)
    {
        // Of an enumeration the converter of .NET would take numbers too.
        if (_type.IsEnum && !Enum.GetNames(_type).Contains(text, StringComparer.OrdinalIgnoreCase))
        {
            return false;
        }
        try
        {
            return (IsList || text.Length > 0) && IsValid(_converter.ConvertFromInvariantString(text));
        }
        catch (Exception error) when (error is FormatException or ArgumentException or OverflowException)
        {
            return false;
        }
    }

    /// <summary>Says in a line that something of a text is not what it must be.</summary>
    public string Refuse(string what, string text) => $"{what} is '{Shown(text)}' but must be {Allowed}.";

    /// <summary>A text as a message shows it: in a line, and not too long.</summary>
    public static string Shown(string text)
    {
        var printable = new string([.. text.Select(c => char.IsControl(c) ? ' ' : c)]);
        return printable.Length <= LongestShown ? printable : printable[..LongestShown] + "...";
    }
}
