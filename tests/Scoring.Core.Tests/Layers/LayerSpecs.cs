namespace Scoring.Core.Tests.Layers;

public sealed class LayerSpecs
{
    [Fact]
    public void Namespaces_of_the_domain_use_each_other_in_one_direction()
    {
        var cycle = new NamespaceUses(typeof(Limits).Assembly).FindCycle();

        Assert.True(cycle is null, cycle);
    }
}
