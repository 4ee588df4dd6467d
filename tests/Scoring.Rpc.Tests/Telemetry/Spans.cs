using System.Collections.Concurrent;
using System.Diagnostics;

namespace Scoring.Rpc.Tests.Telemetry;

/// <summary>Listens to sources of spans and keeps those that have ended.</summary>
internal sealed class Spans : IDisposable
{
    private readonly ConcurrentQueue<Activity> _ended = new();
    private readonly SemaphoreSlim _ends = new(0);
    private readonly ActivityListener _listener;

    public Spans(params string[] sources)
    {
        _listener = new ActivityListener
        {
            ShouldListenTo = source => sources.Contains(source.Name),
            // As OpenTelemetry does unless told otherwise: what the caller does not record is passed on and no more.
            Sample = (ref asked) =>
                asked.Parent == default || asked.Parent.TraceFlags.HasFlag(ActivityTraceFlags.Recorded)
                    ? ActivitySamplingResult.AllDataAndRecorded
                    : ActivitySamplingResult.PropagationData,
            ActivityStopped = span =>
            {
                _ended.Enqueue(span);
                _ends.Release();
            },
        };
        ActivitySource.AddActivityListener(_listener);
    }

    public IReadOnlyCollection<Activity> Ended => _ended;

    /// <summary>The next span that ends.</summary>
    public async Task<Activity> NextAsync()
    {
        await _ends.WaitAsync(TestContext.Current.CancellationToken);
        _ended.TryDequeue(out var span);
        return span!;
    }

    public void Dispose()
    {
        _listener.Dispose();
        _ends.Dispose();
    }

    public static Dictionary<string, object?> Tags(Activity span) => new(span.TagObjects);
}
