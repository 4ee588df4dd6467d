using System.Diagnostics;
using System.Diagnostics.Metrics;
using Grpc.Core;

namespace Scoring.Server.Calls;

/// <summary>Measures calls after OpenTelemetry's semantic conventions for RPC, version 1.45.0: the meter "Scoring.Server".</summary>
internal sealed class CallMetrics
{
    public const string MeterName = "Scoring.Server";

    private readonly Histogram<double> _durations;

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

    /// <summary>A call has been answered. Without a listener that costs one check; with one a measurement and no allocation.</summary>
    /// <param name="method">Its method.</param>
    /// <param name="code">Its status.</param>
    /// <param name="elapsed">How long it took.</param>
    public void Record(string method, StatusCode code, TimeSpan elapsed)
    {
        if (!_durations.Enabled)
        {
            return;
        }

        var name = StatusNames.Of(code);
        var tags = new TagList
        {
            { "rpc.system.name", "grpc" },
            { "rpc.method", method },
            { "rpc.status_code", name },
        };
        if (IsError(code))
        {
            tags.Add("error.type", name);
        }

        _durations.Record(elapsed.TotalSeconds, tags);
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
