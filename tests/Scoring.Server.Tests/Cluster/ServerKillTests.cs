using System.Globalization;
using Scoring.Postgres.Tests.Support;

namespace Scoring.Server.Tests.Cluster;

/// <summary>What three servers acknowledge while they are killed and restarted is there once, whichever is asked.</summary>
public sealed class ServerKillTests(PostgresServer postgres)
{
    private const int Writers = 4;
    private const int EventsOfBatch = 50;
    private const int Customers = 300;

    /// <summary>How often servers are killed; more by hand.</summary>
    private static readonly int Kills = int.Parse(
        Environment.GetEnvironmentVariable("SCORING_KILLS") ?? "4",
        CultureInfo.InvariantCulture
    );

    private readonly Random _random = new(1);

    [Fact]
    public async Task Every_event_is_counted_once_while_servers_are_killed()
    {
        await using var servers = await ThreeServers.StartAsync(postgres);

        var written = await WriteWhileAsync(
            servers,
            async () =>
            {
                for (var kill = 0; kill < Kills; kill++)
                {
                    await servers.KillAsync(_random.Next(3));
                    await WaitUntilWrittenAsync(servers);
                }
            }
        );

        await AssertCountedAsync(servers, written);
    }

    [Fact]
    public async Task Servers_are_restarted_one_after_the_other_without_an_error_that_a_retry_would_not_hide()
    {
        await using var servers = await ThreeServers.StartAsync(postgres);

        var written = await WriteWhileAsync(
            servers,
            async () =>
            {
                for (var server = 0; server < 3; server++)
                {
                    await servers.RestartAsync(server);
                    await WaitUntilWrittenAsync(servers);
                }
            }
        );

        await AssertCountedAsync(servers, written);
    }

    [Fact]
    public async Task Whichever_server_is_asked_answers_with_all_that_another_acknowledged()
    {
        await using var servers = await ThreeServers.StartAsync(postgres);
        for (var round = 1; round <= 20; round++)
        {
            await RecordAsync(servers, Batch($"round-{round}"), server: round);

            for (var server = 0; server < 3; server++)
            {
                Assert.Equal(round * EventsOfBatch, await CountAsync(servers, server));
            }
        }
    }

    /// <summary>Has writers record batches without a pause until something is done; gives how many events were acknowledged.</summary>
    private static async Task<long> WriteWhileAsync(ThreeServers servers, Func<Task> act)
    {
        using var stop = new CancellationTokenSource();
        var writers = Enumerable
            .Range(0, Writers)
            .Select(writer => Task.Run(() => WriteAsync(servers, writer, stop.Token)));
        Task<long>[] running = [.. writers];
        try
        {
            await act();
        }
        finally
        {
            await stop.CancelAsync();
        }
        return (await Task.WhenAll(running)).Sum();
    }

    private static async Task<long> WriteAsync(ThreeServers servers, int writer, CancellationToken stop)
    {
        var written = 0L;
        for (var batch = 0; !stop.IsCancellationRequested; batch++)
        {
            var answer = await RecordAsync(servers, Batch($"{writer}-{batch}"), server: batch);
            Assert.Empty(answer.Rejections);
            written += EventsOfBatch;
        }
        return written;
    }

    /// <summary>Waits until batches go through again.</summary>
    private static async Task WaitUntilWrittenAsync(ThreeServers servers)
    {
        var before = await CountAsync(servers, server: 0);
        while (await CountAsync(servers, server: 0) < before + (10 * EventsOfBatch))
        {
            await Task.Delay(50, TestContext.Current.CancellationToken);
        }
    }

    private static async Task AssertCountedAsync(ThreeServers servers, long written)
    {
        Assert.True(written > 0, "Nothing was written.");
        for (var server = 0; server < 3; server++)
        {
            Assert.Equal(written, await CountAsync(servers, server));
        }
    }

    private static async Task<long> CountAsync(ThreeServers servers, int server)
    {
        var stats = await servers.CallAsync<V1.GetSegmentStatsRequest, V1.SegmentStats>(
            "GetSegmentStats",
            new V1.GetSegmentStatsRequest { IncludeEventTotals = true },
            server
        );
        return (long)stats.EventTotals.Sum(total => total.EventCount);
    }

    private static Task<V1.RecordEventsResponse> RecordAsync(
        ThreeServers servers,
        V1.RecordEventsRequest batch,
        int server
    ) => servers.CallAsync<V1.RecordEventsRequest, V1.RecordEventsResponse>("RecordEvents", batch, server);

    private static V1.RecordEventsRequest Batch(string name)
    {
        var request = new V1.RecordEventsRequest();
        for (var i = 0; i < EventsOfBatch; i++)
        {
            request.Events.Add(
                new V1.Event
                {
                    CustomerId = $"c{((i * 7) + name.Length) % Customers}",
                    Type = "login",
                    EventId = $"{name}-{i}",
                }
            );
        }
        return request;
    }
}
