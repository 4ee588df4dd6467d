using System.Diagnostics;

namespace Scoring.Benchmarks.Comparisons.Unary;

/// <summary>When checkpoints were being written, seen from outside: their files come, grow and go.</summary>
internal sealed class CheckpointWatch
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(20);

    /// <summary>Between two files of one checkpoint nothing may be seen for a while.</summary>
    private static readonly TimeSpan LongestPause = TimeSpan.FromMilliseconds(300);

    private readonly string _directory;
    private readonly List<(long From, long To)> _checkpoints = [];
    private readonly Thread _thread;
    private volatile bool _stopped;

    /// <summary>Watches the data directory of a server.</summary>
    public CheckpointWatch(string directory)
    {
        _directory = directory;
        _thread = new Thread(Watch) { Name = "checkpoint watch", IsBackground = true };
        _thread.Start();
    }

    /// <summary>Ends watching.</summary>
    /// <returns>From when to when each checkpoint was written, in ticks of <see cref="Stopwatch"/>.</returns>
    public IReadOnlyList<(long From, long To)> Stop()
    {
        _stopped = true;
        _thread.Join();
        return _checkpoints;
    }

    private void Watch()
    {
        var seen = Look();
        for (var before = Stopwatch.GetTimestamp(); !_stopped; before = Stopwatch.GetTimestamp())
        {
            Thread.Sleep(Interval);
            var now = Look();
            if (now != seen)
            {
                Note(before);
                seen = now;
            }
        }
    }

    private void Note(long from)
    {
        var to = Stopwatch.GetTimestamp();
        if (_checkpoints.Count > 0 && Stopwatch.GetElapsedTime(_checkpoints[^1].To, from) < LongestPause)
        {
            _checkpoints[^1] = (_checkpoints[^1].From, to);
        }
        else
        {
            _checkpoints.Add((from, to));
        }
    }

    private string Look() =>
        string.Join(
            ' ',
            new DirectoryInfo(_directory)
                .EnumerateFiles("*.snapshot")
                .Select(file => (file.Name, Bytes: LengthOf(file)))
                .OrderBy(file => file.Name, StringComparer.Ordinal)
        );

    private static long LengthOf(FileInfo file)
    {
        try
        {
            return file.Length;
        }
        catch (FileNotFoundException)
        {
            // It was given up a moment ago.
            return 0;
        }
    }
}
