using Scoring.Core.Tests.Layers;

namespace Scoring.Server.Tests;

public sealed class LayerTests
{
    [Fact]
    public void Namespaces_of_the_server_use_each_other_in_one_direction()
    {
        var cycle = new NamespaceUses(typeof(FrontOptions).Assembly).FindCycle();

        Assert.True(cycle is null, cycle);
    }
}
