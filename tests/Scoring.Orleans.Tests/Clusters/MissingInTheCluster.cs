namespace Scoring.Cluster.Tests.Clusters;

/// <summary>Specifications that the cluster edition does not meet until it is rebuilt.</summary>
internal static class MissingInTheCluster
{
    public static IReadOnlyDictionary<string, string> Specifications { get; } =
        new Dictionary<string, string>
        {
            ["A_lifecycle_tells_who_can_still_be_kept"] = "Grains are not asked to leave churned customers out.",
        };
}
