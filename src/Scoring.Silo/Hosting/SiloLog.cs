namespace Scoring.Silo.Hosting;

/// <summary>What a silo does not log unless the settings ask for it.</summary>
internal static class SiloLog
{
    public static void Filter(ILoggingBuilder logs) =>
        logs
        // Two lines for every customer that is activated.
        .AddFilter("Polly", LogLevel.Warning)
            // A line of each for every silo that comes or goes.
            .AddFilter("Scoring.Cluster.Front.CustomerRelay", LogLevel.Warning)
            .AddFilter("Scoring.Cluster.Segments.SummaryService", LogLevel.Warning)
            // Warns at every start of a deadlock that has lasted since the machine was started.
            .AddFilter("Orleans.Runtime.Watchdog", LogLevel.Error)
            // Four stack traces for every customer and attempt while PostgreSQL is away. Callers are told, and HealthMonitor says it once.
            .AddFilter("Scoring.Cluster.Storage.PostgresGrainStorage", LogLevel.Critical)
            .AddFilter("Orleans.Grain", LogLevel.Critical)
            .AddFilter("Orleans.GrainDirectory", LogLevel.Warning)
            // Why the start failed is said once, in one line; also by the life cycle.
            .AddFilter("Orleans.Runtime.Silo", LogLevel.Critical);
}
