using Microsoft.Extensions.Time.Testing;
using Scoring.Core.Backend;

namespace Scoring.Cluster.Tests.Clusters;

/// <summary>A workspace in the cluster that all tests share.</summary>
internal sealed class ClusterHost(ThreeSilos cluster, string workspace) : BackendHost
{
    /// <summary>The front of a silo; another one each time.</summary>
    public override IScoringBackend Backend => cluster.Front;

    public override string Workspace => workspace;

    public override FakeTimeProvider Clock => cluster.Clock;

    public override TimeSpan MaxLag => cluster.Service<ClusterOptions>(0).MaxLag;

    protected override IReadOnlyDictionary<string, string> Missing => MissingInTheCluster.Specifications;

    public override Task CrashAndRestartAsync() => cluster.CrashAndRestartAsync();

    public override Task DisturbAsync(Random random) =>
        random.Next(8) == 0 ? cluster.ReplaceAsync(random.Next(3)) : cluster.CollectAsync();

    /// <summary>Until the figures say themselves that everything from before is in them.</summary>
    public override async Task SettleAsync()
    {
        var before = DateTime.UtcNow;
        while (true)
        {
            var asked = DateTime.UtcNow;
            var segment = await Backend.GetSegmentStatisticsAsync(new() { Workspace = workspace }, Cancellation);
            if (asked - segment.Lag >= before)
            {
                return;
            }
            await Task.Delay(TimeSpan.FromMilliseconds(20), Cancellation);
        }
    }

    public override ValueTask DisposeAsync() => default;
}
