using Scoring.Server.Hosting;
using Scoring.Silo.Hosting;
using Scoring.Silo.Settings;

namespace Scoring.Silo;

/// <summary>The program.</summary>
internal static class SiloProgram
{
    public static Task<int> Main(string[] arguments) =>
        ServerProcess.RunAsync(arguments, Console.Out, Console.Error, SiloSettingHelp.Text, SiloProcess.RunAsync);
}
