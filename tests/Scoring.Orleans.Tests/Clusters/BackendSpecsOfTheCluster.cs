namespace Scoring.Cluster.Tests.Clusters;

/// <summary>The tests of the classes that share one cluster.</summary>
[CollectionDefinition(Name)]
public sealed class OnThreeSilos : ICollectionFixture<ThreeSilos>
{
    public const string Name = "three silos";
}

[Collection(OnThreeSilos.Name)]
public sealed class RecordingByTheCluster(ThreeSilos cluster) : RecordingSpecs(cluster);

[Collection(OnThreeSilos.Name)]
public sealed class LimitsOfTheCluster(ThreeSilos cluster) : LimitSpecs(cluster);

[Collection(OnThreeSilos.Name)]
public sealed class ScoresOfTheCluster(ThreeSilos cluster) : ScoreSpecs(cluster);

[Collection(OnThreeSilos.Name)]
public sealed class ModelsOfTheCluster(ThreeSilos cluster) : ModelSpecs(cluster);

[Collection(OnThreeSilos.Name)]
public sealed class SegmentsOfTheCluster(ThreeSilos cluster) : SegmentSpecs(cluster);

[Collection(OnThreeSilos.Name)]
public sealed class AccountsOfTheCluster(ThreeSilos cluster) : AccountSpecs(cluster);

[Collection(OnThreeSilos.Name)]
public sealed class RandomOperationsOnTheCluster(ThreeSilos cluster) : RandomOperationsSpecs(cluster);
