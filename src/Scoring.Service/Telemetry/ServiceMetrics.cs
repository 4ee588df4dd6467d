using System.Diagnostics;
using System.Diagnostics.Metrics;
using Scoring.Rpc;

namespace Scoring.Service.Telemetry;

/// <summary>The meter "Scoring.Service".</summary>
internal sealed class ServiceMetrics
{
    public const string MeterName = "Scoring.Service";

    private static readonly InstrumentAdvice<double> Durations = new()
    {
        HistogramBucketBoundaries = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
    };

    private static readonly string[] CodeNames =
    [
        "OK",
        "CANCELLED",
        "UNKNOWN",
        "INVALID_ARGUMENT",
        "DEADLINE_EXCEEDED",
        "NOT_FOUND",
        "ALREADY_EXISTS",
        "PERMISSION_DENIED",
        "RESOURCE_EXHAUSTED",
        "FAILED_PRECONDITION",
        "ABORTED",
        "OUT_OF_RANGE",
        "UNIMPLEMENTED",
        "INTERNAL",
        "UNAVAILABLE",
        "DATA_LOSS",
        "UNAUTHENTICATED",
    ];

    private readonly Histogram<double> _requests;
    private readonly Counter<long> _events;

    public ServiceMetrics(IMeterFactory meters)
    {
        var meter = meters.Create(MeterName);
        _requests = meter.CreateHistogram(
            "scoring.request.duration",
            unit: "s",
            description: "Time from a request to its answer, by method and status; a stream counts once, when it ends.",
            tags: null,
            advice: Durations
        );
        _events = meter.CreateCounter<long>(
            "scoring.events",
            unit: "{event}",
            description: "Events by outcome: accepted, duplicate or rejected."
        );
    }

    public void CountRequest(string method, StatusCode code, TimeSpan duration)
    {
        if (_requests.Enabled)
        {
            _requests.Record(
                duration.TotalSeconds,
                new TagList { { "method", method }, { "code", CodeNames[(int)code] } }
            );
        }
    }

    public void CountEvents(int accepted, int duplicates, int rejected)
    {
        if (_events.Enabled)
        {
            Count("accepted", accepted);
            Count("duplicate", duplicates);
            Count("rejected", rejected);
        }
    }

    private void Count(string outcome, int events)
    {
        if (events > 0)
        {
            _events.Add(events, new KeyValuePair<string, object?>("outcome", outcome));
        }
    }
}
