using System.Diagnostics.Metrics;

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

    /// <summary>Where the calls of a method are measured.</summary>
    /// <param name="method">Its path; null for all that do not exist, of which callers could make up any number.</param>
    public MethodDurations Of(string? method) => new(_durations, method?.TrimStart('/') ?? "_OTHER");
}
