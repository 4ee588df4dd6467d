using Scoring.Core.Names;

namespace Scoring.Server.Settings;

/// <summary>Says of a name that nothing has which ones there are, and which one may have been meant.</summary>
internal static class SettingNames
{
    public static string Unknown(string path, IEnumerable<Setting> known)
    {
        var names = known.Select(setting => setting.Name).Order(StringComparer.Ordinal).ToList();
        var advice = new NearestTexts(ConfigurationPath.GetSectionKey(path), names).Nearest is { } nearest
            ? $" Did you mean {ConfigurationPath.Combine(ConfigurationPath.GetParentPath(path)!, nearest)}?"
            : "";
        return $"Unknown setting {path}; known here: {string.Join(", ", names)}.{advice}";
    }
}
