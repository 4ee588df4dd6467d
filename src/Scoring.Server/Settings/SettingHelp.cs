using System.Text;

namespace Scoring.Server.Settings;

/// <summary>What --help prints.</summary>
internal static class SettingHelp
{
    private const int Width = 100;

    public static string Text()
    {
        var help = new StringBuilder(
            """
            Scoring server: records what customers do and answers how engaged they are, over gRPC.

            Usage: Scoring.Server [--Name=value ...]

            Settings come from appsettings.json (section "Scoring", beside the program and in the current directory), then the
            environment (SCORING__MAXBATCH=5000), then the command line (--MaxBatch=5000 or --Scoring:MaxBatch=5000); later ones win.
            Lists are arrays in the file and texts with commas elsewhere; a list given replaces the whole list.


            """
        );
        foreach (var setting in SettingCatalog.Server)
        {
            Describe(help, setting.Name, setting.Default, setting.Meaning);
        }
        help.AppendLine("Settings of a workspace; the workspace \"default\" always exists:");
        help.AppendLine();
        foreach (var setting in SettingCatalog.Workspace)
        {
            Describe(help, $"{SettingCatalog.Workspaces}:NAME:{setting.Name}", setting.Default, setting.Meaning);
        }
        help.AppendLine("  --help, --version");
        return help.ToString();
    }

    /// <summary>Describes one setting.</summary>
    public static void Describe(StringBuilder help, string name, string value, string meaning)
    {
        help.Append("  --").Append(name).Append('=').AppendLine(value);
        var line = new StringBuilder();
        foreach (var word in meaning.Split(' '))
        {
            if (line.Length + word.Length > Width)
            {
                help.Append("     ").Append(line).AppendLine();
                line.Clear();
            }
            line.Append(' ').Append(word);
        }
        help.Append("     ").Append(line).AppendLine().AppendLine();
    }
}
