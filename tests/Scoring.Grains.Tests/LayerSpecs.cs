using Scoring.Core.Tests.Layers;

namespace Scoring.Grains.Tests;

public sealed class LayerSpecs
{
    [Fact]
    public void Namespaces_of_the_grains_use_each_other_in_one_direction()
    {
        var cycle = new NamespaceUses(typeof(GrainOptions).Assembly).FindCycle();

        Assert.True(cycle is null, cycle);
    }
}
