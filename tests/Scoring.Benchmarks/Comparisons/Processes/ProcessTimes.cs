using System.Diagnostics;
using System.Globalization;

namespace Scoring.Benchmarks.Comparisons.Processes;

/// <summary>What a process has used.</summary>
internal static class ProcessTimes
{
    // Places in /proc/[pid]/stat behind the name of the program, see proc(5).
    private const int Parent = 1;
    private const int UserTime = 11;
    private const double TicksPerSecond = 100;

    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);

    /// <summary>Processor time since its start, user and system, with that of the processes that it started.</summary>
    public static TimeSpan ProcessorTime(this Process process)
    {
        var ticks = 0L;
        foreach (var directory in Directory.EnumerateDirectories("/proc"))
        {
            if (int.TryParse(Path.GetFileName(directory), out var id) && Stat(id) is { } fields)
            {
                if (id == process.Id)
                {
                    // Of itself and of children that have ended.
                    ticks += fields[UserTime..(UserTime + 4)].Sum(Number);
                }
                else if (Number(fields[Parent]) == process.Id)
                {
                    ticks += fields[UserTime..(UserTime + 2)].Sum(Number);
                }
            }
        }

        return TimeSpan.FromSeconds(ticks / TicksPerSecond);
    }

    /// <summary>The same of several processes together.</summary>
    public static TimeSpan ProcessorTime(this IReadOnlyList<Process> processes) =>
        processes.Aggregate(TimeSpan.Zero, (time, process) => time + process.ProcessorTime());

    /// <summary>Memory that it holds now.</summary>
    public static long ResidentBytes(this Process process)
    {
        process.Refresh();
        return process.WorkingSet64;
    }

    /// <summary>Waits until a process rests, so that what it still does is not charged to what is measured next; a minute at most.</summary>
    public static Task UntilIdleAsync(this Process process) => UntilIdleAsync([process]);

    /// <summary>The same of several processes together.</summary>
    public static async Task UntilIdleAsync(this IReadOnlyList<Process> processes)
    {
        var since = Stopwatch.GetTimestamp();
        TimeSpan used;
        do
        {
            var before = processes.ProcessorTime();
            await Task.Delay(Interval);
            used = processes.ProcessorTime() - before;
        } while (used > Interval * 0.05 * processes.Count && Stopwatch.GetElapsedTime(since) < Patience);
    }

    /// <summary>What the system tells of a process from its state on; null when it has ended.</summary>
    private static string[]? Stat(int process)
    {
        try
        {
            var text = File.ReadAllText($"/proc/{process}/stat");
            return text[(text.LastIndexOf(')') + 2)..].Split(' ');
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    private static long Number(string field) => long.Parse(field, CultureInfo.InvariantCulture);
}
