using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using Grpc.Core;
using Tag = System.Collections.Generic.KeyValuePair<string, object?>;

namespace Scoring.Server.Calls;

/// <summary>Measures calls after OpenTelemetry's semantic conventions for RPC, version 1.45.0: the meter "Scoring.Server".</summary>
/// <remarks>Without a listener a call costs one check; with one a measurement and no allocation.</remarks>
internal sealed class CallMetrics
{
    public const string MeterName = "Scoring.Server";

    private readonly Histogram<double> _durations;
    private readonly ConcurrentDictionary<(string Method, StatusCode Code), Tag[]> _tags = new();

    public CallMetrics(IMeterFactory meters) =>
        _durations = meters
            .Create(MeterName)
            .CreateHistogram(
                "rpc.server.call.duration",
                unit: "s",
                description: "Measures the duration of an incoming Remote Procedure Call (RPC).",
                tags: null,
                advice: new InstrumentAdvice<double>
                {
                    HistogramBucketBoundaries =
                    [
                        0.005,
                        0.01,
                        0.025,
                        0.05,
                        0.075,
                        0.1,
                        0.25,
                        0.5,
                        0.75,
                        1,
                        2.5,
                        5,
                        7.5,
                        10,
                    ],
                }
            );

    /// <summary>A call has been answered.</summary>
    /// <param name="method">Its path; only methods that exist get here, so there are few.</param>
    /// <param name="code">Its status.</param>
    /// <param name="elapsed">How long it took.</param>
    public void Record(string method, StatusCode code, TimeSpan elapsed)
    {
        if (_durations.Enabled)
        {
            _durations.Record(elapsed.TotalSeconds, _tags.GetOrAdd((method, code), Tags));
        }
    }

    private static Tag[] Tags((string Method, StatusCode Code) call)
    {
        var name = StatusNames.Of(call.Code);
        return
        [
            new("rpc.system.name", "grpc"),
            new("rpc.method", call.Method.TrimStart('/')),
            new("rpc.status_code", name),
            .. IsError(call.Code) ? [new Tag("error.type", name)] : Array.Empty<Tag>(),
        ];
    }

    private static bool IsError(StatusCode code) =>
        code
            is StatusCode.Unknown
                or StatusCode.DeadlineExceeded
                or StatusCode.Unimplemented
                or StatusCode.Internal
                or StatusCode.Unavailable
                or StatusCode.DataLoss;
}
