using Scoring.Client;
using Scoring.Postgres.Tests.Support;
using Scoring.V1;

namespace Scoring.Acceptance.Tests.Servers;

/// <summary>Three processes with PostgreSQL are one service.</summary>
public sealed class ThreeServersSpecs(PostgresServer postgres) : IClassFixture<PostgresServer>
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Whichever_server_is_asked_answers_with_every_batch_that_another_acknowledged()
    {
        const int events = 200;
        await using var servers = await ThreeServers.StartAsync(postgres.NewDatabase());
        var clients = servers.All.Select(server => new ScoringClient(server.Address)).ToList();
        for (var round = 1; round <= 10; round++)
        {
            var batch = new RecordEventsRequest();
            batch.Events.AddRange(
                Enumerable
                    .Range(0, events)
                    .Select(i => new Event
                    {
                        CustomerId = $"c{i}",
                        EventId = $"{round}/{i}",
                        Type = "login",
                    })
            );
            var answer = await clients[round % 3].Scoring.RecordEventsAsync(batch, cancellationToken: Cancellation);
            Assert.Equal(events, answer.AcceptedCount);

            foreach (var client in clients)
            {
                var stats = await client.Scoring.GetSegmentStatsAsync(
                    new GetSegmentStatsRequest { IncludeEventTotals = true },
                    cancellationToken: Cancellation
                );
                Assert.Equal(events, stats.CustomerCount);
                Assert.Equal(round * events, Assert.Single(stats.EventTotals).EventCount);
            }
        }
        clients.ForEach(client => client.Dispose());
    }
}
