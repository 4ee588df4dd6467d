using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using System.Globalization;
using System.Reflection;
using Scoring.Core;
using Scoring.Server.Settings.Values;

namespace Scoring.Server.Settings;

/// <summary>One setting, as its property describes it: by name, type, default, description and rules.</summary>
internal sealed class Setting
{
    private const int LongestShown = 100;

    private readonly PropertyInfo _property;
    private readonly Type _type;
    private readonly ValidationAttribute[] _rules;
    private readonly string _description;
    private readonly string _range;

    private Setting(PropertyInfo property, object defaults)
    {
        _property = property;
        _type = Nullable.GetUnderlyingType(property.PropertyType) ?? property.PropertyType;
        _rules = [.. property.GetCustomAttributes<ValidationAttribute>()];
        // As it is written there: once it has checked a value, it holds values instead of texts.
        _range = _rules.OfType<RangeAttribute>().FirstOrDefault() is { } range
            ? $", {range.Minimum:N0} to {range.Maximum:N0}"
            : "";
        _description = property.GetCustomAttribute<DescriptionAttribute>()!.Description;
        Default = Write(property.GetValue(defaults));
        IsList = _type.IsGenericType && _type.GetGenericTypeDefinition() == typeof(SettingList<>);
    }

    /// <summary>Its name, for example "MaxBatch".</summary>
    public string Name => _property.Name;

    /// <summary>What it means, and what it must be, for people.</summary>
    public string Meaning => $"{_description} Must be {Allowed}.";

    /// <summary>Its default as one would write it; empty when it is unset.</summary>
    public string Default { get; }

    /// <summary>Whether it is a list: an array in a file, a text with commas elsewhere.</summary>
    public bool IsList { get; }

    /// <summary>Whether it is true or false, and so may be given on the command line by its name alone.</summary>
    public bool IsSwitch => _type == typeof(bool);

    /// <summary>What it must be, such as "a whole number, 1 to 1,024".</summary>
    private string Allowed => Form + _range;

    private string Form =>
        _rules.FirstOrDefault(rule => rule is not RangeAttribute)?.FormatErrorMessage(Name)
        ?? (
            _type.IsEnum ? string.Join(" or ", Enum.GetNames(_type))
            : _type == typeof(bool) ? "true or false"
            : _type == typeof(int) ? "a whole number"
            : (IsList ? _type.GenericTypeArguments[0] : _type).GetCustomAttribute<DescriptionAttribute>()?.Description
        )
        ?? "a text";

    /// <summary>The settings of a class, which are its properties with a description, as they stand there.</summary>
    public static IReadOnlyList<Setting> Of(Type type)
    {
        var defaults = Activator.CreateInstance(type)!;
        return
        [
            .. type.GetProperties()
                .Where(property => property.IsDefined(typeof(DescriptionAttribute)))
                .OrderBy(property => property.MetadataToken)
                .Select(property => new Setting(property, defaults)),
        ];
    }

    /// <inheritdoc cref="Of"/>
    public static IReadOnlyList<Setting> Of<T>() => Of(typeof(T));

    /// <summary>Gives it a value, which <see cref="TryRead"/> gave.</summary>
    public void Set(object settings, object? value) => _property.SetValue(settings, value);

    /// <summary>A value as one would write it.</summary>
    public static string Write(object? value) =>
        value is bool flag ? (flag ? "true" : "false") : Convert.ToString(value, CultureInfo.InvariantCulture) ?? "";

    /// <summary>Reads a text, if it stands for a value that keeps the rules.</summary>
    public bool TryRead(string text, out object? value)
    {
        value = null;
        // Of an enumeration the converter of .NET would take numbers too.
        var isForeign = _type.IsEnum && !Enum.GetNames(_type).Contains(text, StringComparer.OrdinalIgnoreCase);
        if (isForeign || (text.Length == 0 && !IsList))
        {
            return false;
        }
        try
        {
            var read = TypeDescriptor.GetConverter(_type).ConvertFromInvariantString(text);
            value = read;
            return _rules.All(rule => rule.IsValid(read));
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
        var printable = new string([.. text.Select(c => UnseenCharacters.AreIn([c]) ? ' ' : c)]);
        return printable.Length <= LongestShown ? printable : printable[..LongestShown] + "...";
    }
}
