using Scoring.Server.Settings;

namespace Scoring.Silo.Settings;

/// <summary>Reads the settings of a silo.</summary>
internal static class SiloSettingReader
{
    /// <exception cref="SettingException">A setting is unknown or wrong, or is one of the standalone edition.</exception>
    public static SiloSettings Read(IConfigurationRoot configuration)
    {
        foreach (var name in configuration.GetSection(ServerSettings.Section).GetChildren().Select(child => child.Key))
        {
            if (SettingCatalog.Of<SiloSettings>().FirstOrDefault(setting => Same(setting.Name, name)) is { } setting)
            {
                throw new SettingException(
                    $"Unknown setting {ServerSettings.Section}:{name}; write {SettingSources.SiloSection}:{setting.Name}."
                );
            }
            if (SiloSettings.OfStandalone.FirstOrDefault(standalone => Same(standalone, name)) is { } standalone)
            {
                throw new SettingException(
                    $"Setting {ServerSettings.Section}:{standalone} is one of the standalone edition; a silo keeps everything in PostgreSQL. Leave it out."
                );
            }
        }
        return SettingReader.Read<SiloSettings>(configuration, SettingSources.SiloSection);
    }

    private static bool Same(string one, string other) => one.Equals(other, StringComparison.OrdinalIgnoreCase);
}
