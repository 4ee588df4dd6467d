using System.Globalization;
using Scoring.Server.Settings;
using Scoring.Silo.Hosting;
using Scoring.Silo.Settings;
using YamlDotNet.RepresentationModel;

namespace Scoring.Cluster.Tests;

/// <summary>What <c>deploy/</c> sets is there to be set, and fits together.</summary>
public sealed class DeploymentSpecs
{
    // PostgreSQL's own defaults.
    private const int MaxConnections = 100;
    private const int ReservedConnections = 3;

    private static readonly string Folder = Path.Combine(Repository.Root, "deploy");

    [Theory]
    [InlineData("Dockerfile")]
    [InlineData("docker-compose.yml")]
    [InlineData("kubernetes/scoring.yaml")]
    public void Every_setting_that_is_given_exists(string file)
    {
        string[] given =
        [
            .. File.ReadAllText(Path.Combine(Folder, file))
                .Split([' ', '\n', ':', '=', ',', '"'], StringSplitOptions.RemoveEmptyEntries)
                .Where(word => word.StartsWith("SILO__", Comparison) || word.StartsWith("SCORING__", Comparison)),
        ];
        string[] known =
        [
            .. SettingCatalog.Of<SiloSettings>().Select(setting => $"SILO__{setting.Name.ToUpperInvariant()}"),
            .. SettingCatalog
                .Of<ServerSettings>()
                .Where(setting => !SiloSettings.OfStandalone.Contains(setting.Name))
                .Select(setting => $"SCORING__{setting.Name.ToUpperInvariant()}"),
        ];

        Assert.NotEmpty(given);
        Assert.Empty(given.Except(known));
    }

    [Fact]
    public void The_silos_of_the_compose_file_fit_into_PostgreSQL()
    {
        var services = (YamlMappingNode)Documents("docker-compose.yml").Single()["services"];
        var silos = services
            .Children.Keys.Select(key => key.ToString())
            .Where(key => key.StartsWith("silo", Comparison));
        var perSilo =
            Number(Environments("docker-compose.yml")["SILO__MAXCONNECTIONS"]) + ConnectionBudget.ForMembership;

        Assert.InRange(silos.Count() * perSilo, 3 * perSilo, MaxConnections - ReservedConnections);
    }

    [Fact]
    public void The_silos_of_Kubernetes_fit_into_PostgreSQL_while_one_is_replaced()
    {
        var deployment = Documents("kubernetes/scoring.yaml")
            .Select(document => (YamlMappingNode)document)
            .Single(document => document["kind"].ToString() == "Deployment");
        var spec = deployment["spec"];
        var silos = Number(spec["replicas"]) + Number(spec["strategy"]["rollingUpdate"]["maxSurge"]);
        var container = ((YamlSequenceNode)spec["template"]["spec"]["containers"])[0];
        var perSilo =
            Number(
                ((YamlSequenceNode)container["env"]).Single(item => item["name"].ToString() == "SILO__MAXCONNECTIONS")[
                    "value"
                ]
            ) + ConnectionBudget.ForMembership;

        Assert.InRange(silos * perSilo, 4 * perSilo, MaxConnections - ReservedConnections);
    }

    private const StringComparison Comparison = StringComparison.Ordinal;

    private static YamlMappingNode Environments(string file) =>
        (YamlMappingNode)Documents(file).Single()["x-silo"]["environment"];

    private static IEnumerable<YamlNode> Documents(string file)
    {
        using var reader = new StreamReader(Path.Combine(Folder, file));
        var stream = new YamlStream();
        stream.Load(reader);
        return stream.Documents.Select(document => document.RootNode);
    }

    private static int Number(YamlNode node) => int.Parse(node.ToString(), CultureInfo.InvariantCulture);
}
