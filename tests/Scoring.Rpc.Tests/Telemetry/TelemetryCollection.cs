namespace Scoring.Rpc.Tests.Telemetry;

/// <summary>Listeners hear the whole process, so tests that tell whether somebody listens run alone.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class TelemetryCollection
{
    public const string Name = "Telemetry";
}
