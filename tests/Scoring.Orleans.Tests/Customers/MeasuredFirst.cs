using Scoring.Cluster.Tests.Clusters;
using Xunit.Sdk;
using Xunit.v3;

namespace Scoring.Cluster.Tests.Customers;

/// <summary>What measures the memory of the process comes first: clusters of earlier tests are let go of minutes after their end.</summary>
[CollectionDefinition(Name)]
public sealed class MeasuredFirst : ICollectionFixture<ThreeSilos>, ITestCollectionOrderer
{
    public const string Name = "measured first";

    /// <inheritdoc/>
    public IReadOnlyCollection<TTestCollection> OrderTestCollections<TTestCollection>(
        IReadOnlyCollection<TTestCollection> testCollections
    )
        where TTestCollection : ITestCollection =>
        [
            .. testCollections
                .OrderBy(collection => collection.TestCollectionDisplayName != Name)
                .ThenBy(collection => collection.UniqueID, StringComparer.Ordinal),
        ];
}
