namespace Scoring.Rpc;

/// <summary>Whether a service can serve.</summary>
public enum HealthStatus
{
    /// <summary>It can.</summary>
    Serving,

    /// <summary>It cannot.</summary>
    NotServing,
}
