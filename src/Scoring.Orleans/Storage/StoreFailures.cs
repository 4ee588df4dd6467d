using Npgsql;

namespace Scoring.Cluster.Storage;

/// <summary>Failures of PostgreSQL in a form that can be sent to other silos, which those of the driver cannot: their text alone.</summary>
internal static class StoreFailures
{
    /// <summary>Whether an exception says that the store failed.</summary>
    public static bool IsOne(Exception e) => e is NpgsqlException or TimeoutException or IOException;

    /// <summary>A write was sent, and how that went is unknown.</summary>
    public static OutcomeUnknownException OfWrite(Exception e) => new($"The store did not answer a write: {e.Message}");

    /// <summary>A read failed.</summary>
    public static OrleansException OfRead(Exception e) => new($"The store did not answer a read: {e.Message}");
}
