using Scoring.Server.Settings;

namespace Scoring.Silo.Settings;

/// <summary>Reads the settings of a silo.</summary>
internal static class SiloSettingReader
{
    /// <exception cref="SettingException">A setting is unknown or wrong, or is one of the standalone edition.</exception>
    public static SiloSettings Read(IConfigurationRoot configuration)
    {
        var front = configuration.GetSection(SettingCatalog.Section);
        if (SiloSettingCatalog.ByName.Keys.FirstOrDefault(name => front.GetSection(name).Exists()) is { } name)
        {
            throw new SettingException(
                $"Unknown setting {SettingCatalog.Section}:{name}; write {SettingCatalog.SiloSection}:{name}."
            );
        }
        foreach (var standalone in SiloSettingCatalog.NotOfSilos)
        {
            if (front.GetSection(standalone).Exists())
            {
                throw new SettingException(
                    $"Setting {SettingCatalog.Section}:{standalone} is one of the standalone edition; a silo keeps everything in PostgreSQL. Leave it out."
                );
            }
        }
        var settings = SettingReader.Read(
            configuration,
            SettingCatalog.SiloSection,
            new SiloSettings(),
            SiloSettingCatalog.ByName
        );
        if (settings.DuplicateWindowMaximum < settings.DuplicateWindowMinimum)
        {
            throw new SettingException(
                $"Setting Silo:DuplicateWindowMaximum is {settings.DuplicateWindowMaximum} but must be at least Silo:DuplicateWindowMinimum, {settings.DuplicateWindowMinimum}."
            );
        }
        if (settings.MaxLag < 2 * settings.SummaryInterval)
        {
            throw new SettingException(
                $"Setting Silo:MaxLag is {settings.MaxLag.TotalMilliseconds}ms but must be at least twice Silo:SummaryInterval, {settings.SummaryInterval.TotalMilliseconds}ms."
            );
        }
        return settings;
    }
}
