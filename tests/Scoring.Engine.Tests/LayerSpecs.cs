using Scoring.Core.Tests.Layers;

namespace Scoring.Engine.Tests;

public sealed class LayerSpecs
{
    [Fact]
    public void Namespaces_of_the_engine_use_each_other_in_one_direction()
    {
        var cycle = new NamespaceUses(typeof(EngineOptions).Assembly).FindCycle();

        Assert.True(cycle is null, cycle);
    }
}
