using System.ComponentModel;
using System.Globalization;
using System.Reflection;

namespace Scoring.Server.Settings.Values;

/// <summary>Has the binder of .NET read a type by its <c>public static Parse(string)</c>, which throws <see cref="FormatException"/> or <see cref="OverflowException"/>.</summary>
internal sealed class ParseConverter(Type type) : TypeConverter
{
    private readonly MethodInfo _parse = type.GetMethod("Parse", [typeof(string)])!;

    public override bool CanConvertFrom(ITypeDescriptorContext? context, Type sourceType) =>
        sourceType == typeof(string);

    public override object? ConvertFrom(ITypeDescriptorContext? context, CultureInfo? culture, object value) =>
        _parse.Invoke(null, BindingFlags.DoNotWrapExceptions, null, [value], culture);
}
