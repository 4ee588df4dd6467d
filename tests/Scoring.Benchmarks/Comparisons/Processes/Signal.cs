using System.Diagnostics;
using System.Globalization;

namespace Scoring.Benchmarks.Comparisons.Processes;

/// <summary>A signal to a process.</summary>
/// <param name="Name">As kill(1) knows it.</param>
internal sealed record Signal(string Name)
{
    public static readonly Signal Kill = new("KILL");
    public static readonly Signal Terminate = new("TERM");
    public static readonly Signal Quit = new("QUIT");

    public void Send(int process)
    {
        using var kill = Process.Start("kill", ["-s", Name, process.ToString(CultureInfo.InvariantCulture)]);
        kill.WaitForExit();
    }
}
