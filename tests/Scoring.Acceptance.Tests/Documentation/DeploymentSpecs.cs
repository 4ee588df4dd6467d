using System.Globalization;
using Scoring.Cli.Tests;
using YamlDotNet.RepresentationModel;

namespace Scoring.Acceptance.Tests.Documentation;

/// <summary>The servers that <c>deploy/</c> starts together fit into one PostgreSQL as it comes. That what it sets can be set is tested with the settings.</summary>
public sealed class DeploymentSpecs
{
    // PostgreSQL's own defaults.
    private const int MaxConnections = 100;
    private const int ReservedConnections = 3;

    // To one database: appends, checkpoints, lease, eight for reading, two for the membership. The page of the cluster says so too.
    private const int ConnectionsOfServer = 13;

    private static readonly string Folder = Path.Combine(Repository.Root, "deploy");

    [Fact]
    public void The_servers_of_the_compose_file_fit_into_PostgreSQL_and_are_three()
    {
        var services = (YamlMappingNode)Documents("docker-compose.yml").Single()["services"];
        var servers = services
            .Children.Keys.Select(key => key.ToString())
            .Count(key => key.StartsWith("server", StringComparison.Ordinal));

        Assert.Equal(3, servers);
        AssertFit(servers);
    }

    [Fact]
    public void The_servers_of_Kubernetes_fit_into_PostgreSQL_while_one_is_replaced()
    {
        var spec = Documents("kubernetes/scoring.yaml")
            .Select(document => (YamlMappingNode)document)
            .Single(document => document["kind"].ToString() == "Deployment")["spec"];

        AssertFit(Number(spec["replicas"]) + Number(spec["strategy"]["rollingUpdate"]["maxSurge"]));
    }

    [Fact]
    public void The_page_of_the_cluster_says_how_many_connections_a_server_takes() =>
        Assert.Contains(
            string.Create(CultureInfo.InvariantCulture, $"{ConnectionsOfServer} connections"),
            File.ReadAllText(Path.Combine(Repository.Root, "docs", "cluster.md")),
            StringComparison.Ordinal
        );

    private static void AssertFit(int servers) =>
        Assert.InRange(servers * ConnectionsOfServer, 1, MaxConnections - ReservedConnections);

    private static IEnumerable<YamlNode> Documents(string file)
    {
        using var reader = new StreamReader(Path.Combine(Folder, file));
        var stream = new YamlStream();
        stream.Load(reader);
        return stream.Documents.Select(document => document.RootNode);
    }

    private static int Number(YamlNode node) => int.Parse(node.ToString(), CultureInfo.InvariantCulture);
}
