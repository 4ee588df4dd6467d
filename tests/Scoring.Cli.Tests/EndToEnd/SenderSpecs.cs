using Google.Protobuf.WellKnownTypes;
using Scoring.Cli.Tests.Support;
using Scoring.Client;
using Scoring.V1;

namespace Scoring.Cli.Tests.EndToEnd;

/// <summary>The event sender against a real server process that is killed under it.</summary>
public sealed class SenderSpecs
{
    private const int Events = 40_000;
    private const int Crashes = 3;

    [Fact]
    public async Task Every_event_is_counted_exactly_once_although_the_server_is_killed_again_and_again()
    {
        var token = TestContext.Current.CancellationToken;
        await using var server = await RunningServer.StartAsync();
        using var client = new ScoringClient(server.Address);
        using var progress = new SemaphoreSlim(0);
        var options = new EventSenderOptions
        {
            BufferCapacity = 500,
            MaxBatchSize = 100,
            Retry = new RetryOptions
            {
                InitialDelay = TimeSpan.FromMilliseconds(20),
                MaxDelay = TimeSpan.FromMilliseconds(200),
            },
            OnAnswer = _ => progress.Release(),
        };
        await using var sender = new EventSender(client, options);
        var producing = Task.Run(
            async () =>
            {
                for (var i = 0; i < Events; i++)
                {
                    await sender.SendAsync(Event(i), token);
                }

                await sender.FlushAsync(token);
            },
            token
        );

        for (var crash = 0; crash < Crashes; crash++)
        {
            // Kill it in the middle of its work: some batches are answered, others under way.
            for (var answers = 0; answers < 20; answers++)
            {
                // A producer that fails ends the wait.
                var waiting = progress.WaitAsync(token);
                await await Task.WhenAny(waiting, producing);
            }

            await server.CrashAndRestartAsync();
        }

        await producing;
        Assert.Equal(
            (Events, Events, 0),
            (sender.Totals.Sent, sender.Totals.Accepted + sender.Totals.Duplicates, sender.Totals.Pending)
        );
        var stats = await client.Scoring.GetSegmentStatsAsync(
            new GetSegmentStatsRequest { IncludeEventTotals = true },
            cancellationToken: token
        );
        Assert.Equal(Events, Assert.Single(stats.EventTotals).EventCount);
        Assert.Equal(100, stats.CustomerCount);
    }

    private static Event Event(int number) =>
        new()
        {
            CustomerId = $"c{number % 100}",
            Type = "session_started",
            OccurredAt = new Timestamp { Seconds = 1_767_225_600 + number },
        };
}
