using System.Reflection;
using Xunit.Sdk;
using Xunit.v3;

namespace Scoring.Postgres.Tests.Support;

/// <summary>Every point that a connection can be cut at, with a small commit and one that is sent in several pieces.</summary>
public sealed class CombinatorialCutsAttribute : DataAttribute
{
    /// <inheritdoc/>
    public override ValueTask<IReadOnlyCollection<ITheoryDataRow>> GetData(
        MethodInfo testMethod,
        DisposalTracker disposalTracker
    ) =>
        new([
            .. Enum.GetValues<CutPoint>()
                .SelectMany(point =>
                    (ITheoryDataRow[])[new TheoryDataRow(point, false), new TheoryDataRow(point, true)]
                ),
        ]);

    /// <inheritdoc/>
    public override bool SupportsDiscoveryEnumeration() => true;
}
