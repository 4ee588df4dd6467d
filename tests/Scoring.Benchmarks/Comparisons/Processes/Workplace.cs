using System.Diagnostics;
using System.Runtime.InteropServices;

namespace Scoring.Benchmarks.Comparisons.Processes;

/// <summary>Owns what a comparison starts and makes; all of it ends with this object, and with Ctrl-C.</summary>
internal sealed class Workplace : IDisposable
{
    private const int Interrupted = 130;

    private readonly Stack<Action> _endings = [];
    private readonly List<PosixSignalRegistration> _signals;
    private volatile bool _isInterrupted;

    public Workplace() =>
        _signals = [
            .. new[] { PosixSignal.SIGINT, PosixSignal.SIGTERM, PosixSignal.SIGHUP }.Select(signal =>
                PosixSignalRegistration.Create(signal, Interrupt)
            ),
        ];

    /// <summary>Whether the process was told to stop.</summary>
    public bool IsInterrupted => _isInterrupted;

    /// <summary>Starts a process; killed at the end, unless it has ended.</summary>
    public Process Start(ProcessStartInfo start)
    {
        lock (_endings)
        {
            var process = Process.Start(start)!;
            _endings.Push(() => End(process));
            return process;
        }
    }

    /// <summary>Makes an empty folder; removed at the end.</summary>
    public string NewDirectory()
    {
        lock (_endings)
        {
            var path = Directory.CreateTempSubdirectory("scoring-compare-").FullName;
            _endings.Push(() => Remove(path));
            return path;
        }
    }

    /// <summary>Has something done at the end, before what was owned earlier ends.</summary>
    public void AtEnd(Action action)
    {
        lock (_endings)
        {
            _endings.Push(action);
        }
    }

    public void Dispose()
    {
        EndAll();
        // Not sooner: a signal meanwhile would leave behind what is being cleared away.
        _signals.ForEach(signal => signal.Dispose());
    }

    private void Interrupt(PosixSignalContext context)
    {
        context.Cancel = true;
        _isInterrupted = true;
        // Held to the end of the process, so that nothing new is started meanwhile.
        Monitor.Enter(_endings);
        EndAll();
        Environment.Exit(Interrupted);
    }

    private void EndAll()
    {
        lock (_endings)
        {
            while (_endings.TryPop(out var end))
            {
                try
                {
                    end();
                }
                catch (Exception error) when (error is IOException or UnauthorizedAccessException)
                {
                    Console.Error.WriteLine($"Not cleared away: {error.Message}");
                }
            }
        }
    }

    private static void End(Process process)
    {
        if (!process.HasExited)
        {
            process.Kill();
        }

        process.WaitForExit();
        process.Dispose();
    }

    private static void Remove(string path)
    {
        if (Directory.Exists(path))
        {
            Directory.Delete(path, recursive: true);
        }
    }
}
