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
        foreach (var setting in Setting.Of<ServerSettings>())
        {
            Describe(help, setting);
        }
        help.AppendLine("Settings of a workspace; the workspace \"default\" always exists:");
        help.AppendLine();
        foreach (var setting in Setting.Of<WorkspaceValues>())
        {
            Describe(help, setting, "Workspaces:NAME:");
        }
        help.AppendLine("  --help, --version");
        return help.ToString();
    }

    /// <summary>Describes one setting.</summary>
    /// <param name="help">Takes the description.</param>
    /// <param name="setting">The setting.</param>
    /// <param name="path">What stands before its name.</param>
    public static void Describe(StringBuilder help, Setting setting, string path = "")
    {
        help.Append("  --").Append(path).Append(setting.Name).Append('=').AppendLine(setting.Default);
        var line = new StringBuilder();
        foreach (var word in setting.Meaning.Split(' '))
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
