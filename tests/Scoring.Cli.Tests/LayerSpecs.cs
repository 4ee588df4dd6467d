using Scoring.Cli.Terminal;
using Scoring.Client;
using Scoring.Core.Tests.Layers;

namespace Scoring.Cli.Tests;

public sealed class LayerSpecs
{
    [Theory]
    [InlineData(typeof(Screen))]
    [InlineData(typeof(ScoringClient))]
    public void Namespaces_of_the_command_and_the_client_use_each_other_in_one_direction(Type one)
    {
        var cycle = new NamespaceUses(one.Assembly).FindCycle();

        Assert.True(cycle is null, cycle);
    }
}
