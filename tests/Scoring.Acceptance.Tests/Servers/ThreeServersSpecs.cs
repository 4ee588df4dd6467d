using System.Diagnostics;
using System.Globalization;
using Grpc.Core;
using Scoring.Client;
using Scoring.Postgres.Tests.Support;
using Scoring.V1;

namespace Scoring.Acceptance.Tests.Servers;

/// <summary>Three processes with PostgreSQL are one service, also while one of them is killed.</summary>
public sealed class ThreeServersSpecs(PostgresServer postgres) : IClassFixture<PostgresServer>, IAsyncLifetime
{
    private const int Customers = 30;
    private const string Counts = "counts";

    // How long a server waits for the answer of another, and some more for a busy machine.
    private static readonly TimeSpan LongestCall = TimeSpan.FromSeconds(20);

    private readonly string _database = postgres.NewDatabase();
    private readonly List<ScoringClient> _clients = [];
    private ThreeServers? _servers;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    /// <summary>How often a server is killed.</summary>
    private static int Kills =>
        int.Parse(Environment.GetEnvironmentVariable("SCORING_SERVER_KILLS") ?? "6", CultureInfo.InvariantCulture);

    public async ValueTask InitializeAsync()
    {
        _servers = await ThreeServers.StartAsync(_database);
        _clients.AddRange(_servers.All.Select(server => new ScoringClient(server.Address)));
        await _clients[0].Models.PutScoringModelAsync(CountsModel(), cancellationToken: Cancellation);
    }

    public async ValueTask DisposeAsync()
    {
        _clients.ForEach(client => client.Dispose());
        if (_servers is not null)
        {
            await _servers.DisposeAsync();
        }
    }

    [Fact]
    public async Task What_one_server_records_every_server_reads_and_a_killed_one_loses_nothing() =>
        await WhileEventsAreSentAsync(async sent =>
        {
            for (var kill = 0; kill < Kills; kill++)
            {
                await sent.MoreAsync(300, Cancellation);
                await _servers!.All[kill % 3].CrashAndRestartAsync();
            }
            await sent.MoreAsync(300, Cancellation);
        });

    [Fact]
    public async Task Whichever_server_is_asked_answers_with_every_batch_that_another_acknowledged()
    {
        const int events = 200;
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
            var answer = await _clients[round % 3].Scoring.RecordEventsAsync(batch, cancellationToken: Cancellation);
            Assert.Equal(events, answer.AcceptedCount);

            foreach (var client in _clients)
            {
                var stats = await client.Scoring.GetSegmentStatsAsync(
                    new GetSegmentStatsRequest { Model = Counts, IncludeEventTotals = true },
                    cancellationToken: Cancellation
                );
                Assert.Equal(events, stats.CustomerCount);
                Assert.Equal(round * events, Assert.Single(stats.EventTotals).EventCount);
            }
        }
    }

    [Fact]
    public async Task A_rolling_restart_fails_no_call_that_a_few_repetitions_do_not_hide()
    {
        var most = await WhileEventsAreSentAsync(async sent =>
        {
            foreach (var server in _servers!.All)
            {
                await sent.MoreAsync(300, Cancellation);
                Assert.Equal(0, await server.StopAsync());
                await sent.MoreAsync(300, Cancellation);
                await server.StartAgainAsync();
            }
        });

        Assert.InRange(most, 1, 20);
    }

    /// <summary>
    /// Sends events while something is done, and sees that every one that was acknowledged is counted once, and that calls were answered in
    /// the stated time.
    /// </summary>
    /// <returns>How often the same event had to be sent at the most.</returns>
    private async Task<int> WhileEventsAreSentAsync(Func<SentEvents, Task> disturb)
    {
        var sent = new SentEvents();
        using var stop = new CancellationTokenSource();
        Task[] senders = [.. Enumerable.Range(0, 6).Select(sender => SendAsync(sender, sent, stop.Token))];
        try
        {
            // A sender that fails ends the test, not the patience of whoever waits for more.
            var disturbing = disturb(sent);
            await await Task.WhenAny([disturbing, .. senders]);
            await disturbing;
        }
        finally
        {
            await stop.CancelAsync();
            await Task.WhenAll(senders);
        }
        foreach (var server in _servers!.All)
        {
            // Those that sent may still be waiting before they connect again to a server that was away.
            using var client = new ScoringClient(server.Address);
            for (var customer = 0; customer < Customers; customer++)
            {
                Assert.Equal(sent.Of($"c{customer}"), await CountAsync(client, $"c{customer}"));
            }
        }
        Assert.InRange(sent.LongestCall, TimeSpan.Zero, LongestCall);
        return sent.MostAttempts;
    }

    private async Task SendAsync(int sender, SentEvents sent, CancellationToken stop)
    {
        var policy = new RetryPolicy();
        for (var i = 0; !stop.IsCancellationRequested; i++)
        {
            var item = new Event
            {
                CustomerId = $"c{(sender + i) % Customers}",
                EventId = $"{sender}/{i}",
                Type = "login",
            };
            // Another server each time, the same event until it is acknowledged, by the client's own policy: whatever that does not hide fails.
            var attempts = 0;
            await policy.RunAsync(
                _ => SendAsync(_clients[(sender + i + attempts++) % 3], item, sent),
                CancellationToken.None
            );
            sent.Note(item.CustomerId, attempts);
        }
    }

    private static async Task<RecordEventsResponse> SendAsync(ScoringClient client, Event item, SentEvents sent)
    {
        var since = Stopwatch.GetTimestamp();
        try
        {
            var request = new RecordEventsRequest { Events = { item } };
            var answer = await client.Scoring.RecordEventsAsync(request, cancellationToken: Cancellation);
            Assert.Empty(answer.Rejections);
            return answer;
        }
        catch (RpcException e) when (!RetryPolicy.CanRetry(e))
        {
            throw new InvalidOperationException($"{e.StatusCode}: {e.Message}", e);
        }
        finally
        {
            sent.Answered(Stopwatch.GetElapsedTime(since));
        }
    }

    private static async Task<double> CountAsync(ScoringClient client, string customer)
    {
        var request = new GetScoreRequest { CustomerId = customer, Model = Counts };
        return (await client.Scoring.GetScoreAsync(request, cancellationToken: Cancellation)).Points;
    }

    private static PutScoringModelRequest CountsModel() =>
        new()
        {
            Model = new ScoringModel
            {
                Name = Counts,
                Terms =
                {
                    new Term
                    {
                        EventType = "login",
                        Measure = Measure.Count,
                        Weight = 1,
                    },
                },
                TargetPoints = 100,
                Bands =
                {
                    new Band { Name = "all", Engagement = Engagement.Engaged },
                },
            },
        };
}
