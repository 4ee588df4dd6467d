using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using Scoring.Engine.CrashHost;

namespace Scoring.Engine.CrashTests;

/// <summary>A process that writes into a store until it is killed, and what is known of its writes.</summary>
internal sealed class KilledProcess : IDisposable
{
    private readonly Process _process;

    public KilledProcess(string directory, IReadOnlyList<int> acknowledged)
    {
        var dotnet = Path.Combine(RuntimeEnvironment.GetRuntimeDirectory(), "../../..", "dotnet");
        var start = new ProcessStartInfo(Path.GetFullPath(dotnet))
        {
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        };
        start.ArgumentList.Add(typeof(Load).Assembly.Location);
        start.ArgumentList.Add(directory);
        foreach (var number in acknowledged)
        {
            start.ArgumentList.Add(number.ToString(CultureInfo.InvariantCulture));
        }
        _process = Process.Start(start)!;
    }

    /// <summary>The next whole line, as words; null at the end.</summary>
    public async Task<string[]?> Next(CancellationToken cancellationToken)
    {
        var line = await _process.StandardOutput.ReadLineAsync(cancellationToken);
        return line is not null && line.EndsWith(" .", StringComparison.Ordinal) ? line.Split(' ') : null;
    }

    public void AskToStop() => _process.StandardInput.WriteLine();

    /// <summary>SIGKILL: no handler runs, nothing is flushed.</summary>
    public void Kill() => _process.Kill();

    public Task WaitForExit(CancellationToken cancellationToken) => _process.WaitForExitAsync(cancellationToken);

    public void Dispose()
    {
        if (!_process.HasExited)
        {
            _process.Kill();
        }
        _process.Dispose();
    }
}
