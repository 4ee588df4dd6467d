using System.Text;
using Scoring.Server.Settings;

namespace Scoring.Silo.Settings;

/// <summary>What --help prints.</summary>
internal static class SiloSettingHelp
{
    public static string Text()
    {
        var help = new StringBuilder(
            """
            Scoring silo: one of the processes that answer together, every customer in one of them, everything in PostgreSQL.

            Usage: Scoring.Silo [--Name=value ...] [--Silo:Name=value ...]

            Settings come from appsettings.json (sections "Scoring" and "Silo", beside the program and in the current directory), then
            the environment (SILO__CLUSTERING=postgres), then the command line (--Silo:Clustering=postgres); later ones win.


            """
        );
        foreach (var setting in SettingCatalog.Of<SiloSettings>())
        {
            SettingHelp.Describe(help, setting, $"{SettingSources.SiloSection}:");
        }
        var front = SettingCatalog
            .Of<ServerSettings>()
            .Where(setting => setting.Inner is null && !SiloSettings.OfStandalone.Contains(setting.Name));
        foreach (var setting in front)
        {
            SettingHelp.Describe(help, setting);
        }
        return help.ToString();
    }
}
