using System.Diagnostics.Metrics;
using Scoring.Server.Memory;

namespace Scoring.Server.Telemetry;

/// <summary>The meter "Scoring.Server".</summary>
/// <remarks>Counts are read when somebody asks: telling a listener of every call would cost more than counting.</remarks>
internal sealed class ServiceMetrics
{
    public const string MeterName = "Scoring.Server";

    private long _accepted;
    private long _duplicates;
    private long _rejected;
    private long _corrected;

    private long _refusedConnections;

    public ServiceMetrics(IMeterFactory meters, FrontOptions options, MemoryBudget budget)
    {
        var meter = meters.Create(MeterName);
        meter.CreateObservableCounter(
            "scoring.events",
            Outcomes,
            unit: "{event}",
            description: "Events by outcome: accepted, duplicate or rejected."
        );
        meter.CreateObservableCounter(
            "scoring.events.corrected",
            () => Volatile.Read(ref _corrected),
            unit: "{event}",
            description: "Events that were voided or replaced because they had been recorded wrongly."
        );
        meter.CreateObservableGauge(
            "scoring.insecure",
            () => options.IsInsecure ? 1 : 0,
            unit: "1",
            description: "1 where others than this machine reach the server though calls are not encrypted or anybody may make them, otherwise 0."
        );
        meter.CreateObservableCounter(
            "scoring.connections.refused",
            () => Volatile.Read(ref _refusedConnections),
            unit: "{connection}",
            description: "Connections that were closed at once because there were as many as there may be, of all or of their address."
        );
        Measure(meter, budget);
    }

    public void CountEvents(int accepted, int duplicates, int rejected)
    {
        Add(ref _accepted, accepted);
        Add(ref _duplicates, duplicates);
        Add(ref _rejected, rejected);
    }

    public void CountCorrections(int corrected) => Add(ref _corrected, corrected);

    public void CountRefusedConnection() => Interlocked.Increment(ref _refusedConnections);

    private static void Measure(Meter meter, MemoryBudget budget)
    {
        meter.CreateObservableGauge(
            "scoring.calls.memory",
            () => budget.Taken,
            unit: "By",
            description: "Memory that callers make the server hold."
        );
        meter.CreateObservableGauge(
            "scoring.calls.memory.limit",
            () => budget.Limit,
            unit: "By",
            description: "Most memory that callers can make the server hold."
        );
        meter.CreateObservableCounter(
            "scoring.calls.refused",
            () => budget.Refused,
            unit: "{call}",
            description: "Calls that were refused because there was no memory for them, of all or of their connection."
        );
        meter.CreateObservableCounter(
            "scoring.connections.overfull",
            () => budget.Overfull,
            unit: "{connection}",
            description: "Connections that were closed because they made the server hold too much."
        );
    }

    private static void Add(ref long count, int events)
    {
        if (events > 0)
        {
            Interlocked.Add(ref count, events);
        }
    }

    private IEnumerable<Measurement<long>> Outcomes()
    {
        (string Outcome, long Events)[] counts =
        [
            ("accepted", Volatile.Read(ref _accepted)),
            ("duplicate", Volatile.Read(ref _duplicates)),
            ("rejected", Volatile.Read(ref _rejected)),
        ];
        return from count in counts
            where count.Events > 0
            select new Measurement<long>(count.Events, new KeyValuePair<string, object?>("outcome", count.Outcome));
    }
}
