using System.Diagnostics;
using System.Diagnostics.Metrics;
using System.Net.Http.Headers;
using Scoring.Rpc.Telemetry;

namespace Scoring.Rpc.Client.Telemetry;

/// <summary>
/// Measures and traces one call after OpenTelemetry's semantic conventions for RPC: the meter and the source "Scoring.Rpc.Client". There is
/// none when nobody listens.
/// </summary>
internal sealed class ClientTelemetry
{
    private const string Name = "Scoring.Rpc.Client";

    private static readonly ActivitySource Spans = new(Name);
    private static readonly Meter Meter = new(Name);
    private static readonly Histogram<double> Durations = Meter.CreateHistogram(
        RpcConventions.ClientDuration,
        unit: "s",
        description: "Measures the duration of an outgoing Remote Procedure Call (RPC).",
        tags: null,
        advice: RpcConventions.Durations
    );

    private readonly MethodTarget _target;
    private readonly TimeProvider _time;
    private readonly long _since;
    private int _ended;

    private ClientTelemetry(MethodTarget target, TimeProvider time, Activity? span)
    {
        _target = target;
        _time = time;
        _since = time.GetTimestamp();
        Span = span;
    }

    /// <summary>The span of the call, a child of what was current; null if it is not traced.</summary>
    public Activity? Span { get; }

    /// <summary>A call begins. What is current stays so: the call goes on after the method that started it.</summary>
    /// <returns>Null if nobody listens.</returns>
    public static ClientTelemetry? Start(MethodTarget target, TimeProvider time)
    {
        var traced = Spans.HasListeners();
        if (!traced && !Durations.Enabled)
        {
            return null;
        }

        return new ClientTelemetry(target, time, traced ? StartSpan(target) : null);
    }

    /// <summary>Tells the server the trace that its work belongs to, in place of what the caller's metadata may say.</summary>
    public static void Inject(Activity? activity, HttpRequestHeaders headers)
    {
        if (activity is not { IdFormat: ActivityIdFormat.W3C, Id: { } parent })
        {
            return;
        }

        headers.Remove(RpcConventions.TraceParent);
        headers.Remove(RpcConventions.TraceState);
        headers.TryAddWithoutValidation(RpcConventions.TraceParent, parent);
        if (activity.TraceStateString is { Length: > 0 } state)
        {
            headers.TryAddWithoutValidation(RpcConventions.TraceState, state);
        }
    }

    /// <summary>The call has ended; only the first end counts.</summary>
    public void End(StatusCode code, string? message = null)
    {
        if (Interlocked.Exchange(ref _ended, 1) != 0)
        {
            return;
        }

        var duration = _time.GetElapsedTime(_since);
        Durations.Record(duration.TotalSeconds, _target.Tags[code]);
        if (Span is null)
        {
            return;
        }

        if (Span.IsAllDataRequested)
        {
            Describe(Span, code, message);
        }

        Span.SetEndTime(Span.StartTimeUtc + duration);
        // Stopping makes current what was so when the call began, which is no affair of whoever ends it.
        var current = Activity.Current;
        Span.Stop();
        Activity.Current = current;
    }

    private static Activity? StartSpan(MethodTarget target)
    {
        var current = Activity.Current;
        var span = Spans.StartActivity(target.Name, ActivityKind.Client, default(ActivityContext), Describe(target));
        Activity.Current = current;
        return span;
    }

    private static void Describe(Activity span, StatusCode code, string? message)
    {
        var status = RpcSystem.Grpc.NameOf(code);
        span.SetTag(RpcConventions.StatusCode, status);
        if (code != StatusCode.Ok)
        {
            span.SetTag(RpcConventions.ErrorType, status);
            span.SetStatus(ActivityStatusCode.Error, message);
        }
    }

    /// <summary>What a sampler may want to know.</summary>
    private static TagList Describe(MethodTarget target) =>
        new()
        {
            { RpcConventions.SystemName, RpcSystem.Grpc.Name },
            { RpcConventions.Method, target.Name },
            { RpcConventions.ServerAddress, target.Address.IdnHost },
            { RpcConventions.ServerPort, target.Address.Port },
        };
}
