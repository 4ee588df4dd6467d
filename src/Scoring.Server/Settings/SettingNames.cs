using Scoring.Core.Names;

namespace Scoring.Server.Settings;

/// <summary>Says of a name that nothing has which ones there are, and which one may have been meant.</summary>
internal static class SettingNames
{
    public static string Unknown(string path, IEnumerable<Setting> known)
    {
        var names = known.Select(setting => setting.Name).Order(StringComparer.Ordinal).ToList();
        var advice = NearestName.Of(ConfigurationPath.GetSectionKey(path), names) is { } nearest
            ? $" Did you mean {ConfigurationPath.Combine(ConfigurationPath.GetParentPath(path)!, nearest)}?"
            : "";
        return $"Unknown setting {path}; known here: {string.Join(", ", names)}.{advice}";
    }
}
