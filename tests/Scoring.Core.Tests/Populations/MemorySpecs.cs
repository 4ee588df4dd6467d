using System.Globalization;
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
        // Eight of text and two of its length, rounded up to a multiple of four.
        const int idBytes = 12;
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
            .. Enumerable.Range(0, 12).Select(i => new EventTerm($"type-{i}", 7, Measure.Count, 1, Cap: 1 + i)),
            .. Enumerable.Range(0, 12).Select(i => new EventTerm($"type-{i}", 30, Measure.Count, 1, Cap: 1 + i)),
        ];
        var model = Samples.Model(terms);
        population.MakeReadyToTally(model);
        var bytes = (GC.GetTotalMemory(forceFullCollection: true) + HugePages.BytesUsed - before) / (double)customers;
        Assert.InRange(bytes, 200, 300 + idBytes);
        GC.KeepAlive(population);
    }

    [Fact]
    public void Accounts_that_a_customer_went_through_take_none()
    {
        const int changes = 300_000;
        var model = Samples.Model(new EventTerm("login", 7, Measure.Count, 1));
        MeasuresMemory.Settle();
        var before = GC.GetTotalMemory(forceFullCollection: true) + HugePages.BytesUsed;
        var population = new Population(Samples.Workspace);
        population.Record("stays", "login", Samples.Noon, account: "acme");
        for (var i = 0; i < changes; i++)
        {
            population.Record("ada", "login", Samples.Noon, account: Account(i));
        }
        var bytes = GC.GetTotalMemory(forceFullCollection: true) + HugePages.BytesUsed - before;
        Assert.InRange(bytes, 0, changes * Account(0).Length / 10);
        Assert.Equal(Account(changes - 1), population.Score("ada", model).AccountId);
        Assert.Equal(1, population.TallyAccount(Account(changes - 1), model, 30, Samples.Noon).Customers);
        Assert.Equal(1, population.TallyAccount("acme", model, 30, Samples.Noon).Customers);
        Assert.Equal(0, population.TallyAccount(Account(0), model, 30, Samples.Noon).Customers);

        static string Account(int number) => number.ToString("D248", CultureInfo.InvariantCulture);
    }
}
