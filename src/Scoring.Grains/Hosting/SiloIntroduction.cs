namespace Scoring.Grains.Hosting;

/// <summary>What is read here of what silos tell each other first on a connection. Orleans writes it, as its connection preamble.</summary>
[GenerateSerializer, Alias("scoring.silo-introduction"), Immutable]
internal sealed class SiloIntroduction
{
    /// <summary>Who speaks.</summary>
    [Id(2)]
    public SiloAddress? Silo { get; init; }
}
