namespace Scoring.Cluster.Tests.Processes;

/// <summary>The tests of the classes that share three silo processes.</summary>
[CollectionDefinition(Name)]
public sealed class OverTheWire : ICollectionFixture<SilosOverTheWire>
{
    public const string Name = "over the wire";
}

[Collection(OverTheWire.Name)]
public sealed class RecordingOverTheWire(SilosOverTheWire silos) : RecordingSpecs(silos);

[Collection(OverTheWire.Name)]
public sealed class LimitsOverTheWire(SilosOverTheWire silos) : LimitSpecs(silos);

[Collection(OverTheWire.Name)]
public sealed class ScoresOverTheWire(SilosOverTheWire silos) : ScoreSpecs(silos);

[Collection(OverTheWire.Name)]
public sealed class ModelsOverTheWire(SilosOverTheWire silos) : ModelSpecs(silos);

[Collection(OverTheWire.Name)]
public sealed class SegmentsOverTheWire(SilosOverTheWire silos) : SegmentSpecs(silos);

[Collection(OverTheWire.Name)]
public sealed class AccountsOverTheWire(SilosOverTheWire silos) : AccountSpecs(silos);

[Collection(OverTheWire.Name)]
public sealed class RandomOperationsOverTheWire(SilosOverTheWire silos) : RandomOperationsSpecs(silos);
