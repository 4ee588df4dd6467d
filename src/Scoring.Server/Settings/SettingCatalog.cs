using System.Collections.Concurrent;
using System.ComponentModel;
using System.Reflection;

namespace Scoring.Server.Settings;

/// <summary>The settings that classes of options have: their properties with a description.</summary>
internal static class SettingCatalog
{
    private static readonly ConcurrentDictionary<Type, IReadOnlyList<Setting>> Known = [];

    /// <summary>The settings of a class, as they stand there.</summary>
    public static IReadOnlyList<Setting> Of<T>() => Of(typeof(T));

    /// <inheritdoc cref="Of{T}"/>
    public static IReadOnlyList<Setting> Of(Type type) => Known.GetOrAdd(type, Describe);

    private static IReadOnlyList<Setting> Describe(Type type)
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
}
