using System.Collections.Concurrent;

namespace Scoring.Server.Telemetry;

/// <summary>
/// Logs a fault of one kind once a second at most, and how many were left out: a full disk or a caller who makes calls fail can bring about as many as there
/// are calls, each with its stack trace.
/// </summary>
/// <param name="inner">Takes what is logged; disposed with this.</param>
/// <param name="time">Tells the seconds.</param>
internal sealed class LimitedLogging(ILoggerFactory inner, TimeProvider time) : ILoggerFactory
{
    private static readonly TimeSpan Period = TimeSpan.FromSeconds(1);

    public ILogger CreateLogger(string categoryName) => new Limited(inner.CreateLogger(categoryName), time);

    public void AddProvider(ILoggerProvider provider) => inner.AddProvider(provider);

    public void Dispose() => inner.Dispose();

    private sealed class Limited(ILogger inner, TimeProvider time) : ILogger
    {
        private readonly ConcurrentDictionary<EventId, Fault> _faults = new();

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => inner.BeginScope(state);

        public bool IsEnabled(LogLevel logLevel) => inner.IsEnabled(logLevel);

        public void Log<TState>(
            LogLevel logLevel,
            EventId eventId,
            TState state,
            Exception? exception,
            Func<TState, Exception?, string> formatter
        )
        {
            // What is no fault happens as often as something is done, and not as often as callers want.
            var isFault = logLevel >= LogLevel.Error || exception is not null;
            if (!isFault || FaultOf(logLevel, eventId).MayBeLogged())
            {
                inner.Log(logLevel, eventId, state, exception, formatter);
            }
        }

        private Fault FaultOf(LogLevel level, EventId id) =>
            _faults.GetOrAdd(id, _ => new Fault(time, count => Say(level, id, count)));

        private void Say(LogLevel level, EventId id, int count) =>
            inner.Log(
                level,
                id,
                count,
                exception: null,
                static (count, _) => $"The same {count:N0} times more in the second since."
            );
    }

    /// <summary>One kind of fault: its first is logged, and at the end of each second in which there were more, how many.</summary>
    private sealed class Fault
    {
        private readonly Lock _gate = new();
        private readonly ITimer _second;
        private readonly Action<int> _say;
        private int _leftOut;
        private bool _isResting;

        public Fault(TimeProvider time, Action<int> say)
        {
            _say = say;
            _second = time.CreateTimer(
                _ => SecondPassed(),
                state: null,
                Timeout.InfiniteTimeSpan,
                Timeout.InfiniteTimeSpan
            );
        }

        public bool MayBeLogged()
        {
            lock (_gate)
            {
                if (_isResting)
                {
                    _leftOut++;
                    return false;
                }
                _isResting = true;
                _second.Change(Period, Timeout.InfiniteTimeSpan);
                return true;
            }
        }

        private void SecondPassed()
        {
            int leftOut;
            lock (_gate)
            {
                (leftOut, _leftOut) = (_leftOut, 0);
                _isResting = leftOut > 0;
                if (_isResting)
                {
                    // The count is this second's line.
                    _second.Change(Period, Timeout.InfiniteTimeSpan);
                }
            }
            if (leftOut > 0)
            {
                _say(leftOut);
            }
        }
    }
}
