using Scoring.Core.Facts;
using Scoring.Core.Memory;
using Scoring.Core.Models;
using Scoring.Core.Populations;

namespace Scoring.Core.Tests.Populations;

[Collection(MeasuresMemory.Name)]
public sealed class MemorySpecs
{
    [Fact]
    public void Eight_types_take_at_most_300_bytes_beside_the_id_one_model_read_included()
    {
        const int customers = 250_000;
        MeasuresMemory.Settle();
        var before = GC.GetTotalMemory(forceFullCollection: true) + HugePages.BytesUsed;
        var population = new Population(Samples.Workspace);
        for (var type = 0; type < 8; type++)
        {
            for (var customer = 0; customer < customers; customer++)
            {
                population.Record($"c-{customer:D6}", $"type-{type}", Samples.Noon);
                if (customer % 1_000 == 0)
                {
                    population.Settle();
                }
            }
        }
        // More terms with a cap than there are types, of both half-lives, as shipped models have.
        Term[] terms =
        [
            .. Enumerable.Range(0, 12).Select(i => new Term($"type-{i}", 7, Measure.Count, 1, Cap: 1 + i)),
            .. Enumerable.Range(0, 12).Select(i => new Term($"type-{i}", 30, Measure.Count, 1, Cap: 1 + i)),
        ];
        var model = Samples.Model(terms);
        population.MakeReadyToTally(model);
        var bytes = (GC.GetTotalMemory(forceFullCollection: true) + HugePages.BytesUsed - before) / (double)customers;
        Assert.InRange(bytes, 200, 300 + "c-000000".Length);
        GC.KeepAlive(population);
    }
}
