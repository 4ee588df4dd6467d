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
        foreach (var setting in SiloSettingCatalog.All)
        {
            SettingHelp.Describe(
                help,
                $"{SettingCatalog.SiloSection}:{setting.Name}",
                setting.Default,
                setting.Meaning
            );
        }
        foreach (
            var setting in SettingCatalog.Server.Where(setting => !SiloSettingCatalog.NotOfSilos.Contains(setting.Name))
        )
        {
            SettingHelp.Describe(help, setting.Name, setting.Default, setting.Meaning);
        }
        return help.ToString();
    }
}
