using Scoring.Core.History;

namespace Scoring.Backend.Specs;

/// <summary>Whatever becomes of processes and partitions, others are given every event once.</summary>
public abstract class EventExportSpecs(IBackendHosts hosts) : BackendSpecs(hosts)
{
    [Fact]
    public async Task Every_event_that_was_accepted_is_exported_once()
    {
        await using var host = await Start();
        var random = new Random(3);
        var recorded = new List<(string Customer, string Type, double Value)>();
        var merged = false;
        for (var round = 0; round < 6; round++)
        {
            Sample[] samples =
            [
                .. Enumerable
                    .Range(0, 120)
                    .Select(i => new Sample(
                        $"c{random.Next(40)}",
                        $"e{round}-{i}",
                        Type: random.Next(2) == 0 ? "login" : "purchase",
                        Value: random.Next(1, 50)
                    )),
            ];
            var result = await host.Record(samples);
            Assert.Empty(result.Rejections);
            // What comes for a merged id is the survivor's.
            recorded.AddRange(
                samples.Select(sample =>
                    (merged && sample.Customer == "c1" ? "c0" : sample.Customer, sample.Type, sample.Value)
                )
            );
            if (round == 2)
            {
                await host.Merge("c0", "c1");
                await host.Delete("c2");
                recorded.RemoveAll(item => item.Customer == "c2");
                merged = true;
            }
            await host.DisturbAsync(random);
            var exported = new List<(string, string, double)>();
            var query = new EventExportQuery { Workspace = host.Workspace };
            await foreach (var some in host.Backend.ReadEventsAsync(query, BackendHost.Cancellation))
            {
                exported.AddRange(some.Select(item => (item.CustomerId, item.EventType, item.Value)));
            }
            Assert.Equal(recorded.Order(), exported.Order());
        }
    }
}
