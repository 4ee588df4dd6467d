using System.Diagnostics.Metrics;

namespace Scoring.Service.Telemetry;

/// <summary>The meter "Scoring.Service".</summary>
internal sealed class ServiceMetrics
{
    public const string MeterName = "Scoring.Service";

    private readonly Counter<long> _events;

    public ServiceMetrics(IMeterFactory meters)
    {
        _events = meters
            .Create(MeterName)
            .CreateCounter<long>(
                "scoring.events",
                unit: "{event}",
                description: "Events by outcome: accepted, duplicate or rejected."
            );
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
