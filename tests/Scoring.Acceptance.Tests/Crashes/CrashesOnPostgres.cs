using Scoring.Acceptance.Tests.Servers;
using Scoring.Postgres.Tests.Support;

namespace Scoring.Acceptance.Tests.Crashes;

/// <summary>Three servers and their PostgreSQL, of which any is killed, stopped in good order, or stopped where it is.</summary>
public sealed class CrashesOnPostgres(PostgresServer postgres, ITestOutputHelper output)
    : IClassFixture<PostgresServer>,
        IAsyncDisposable
{
    private ThreeServers? _servers;

    [Fact]
    public async Task Every_event_counts_once_although_servers_and_PostgreSQL_are_killed_at_random_moments()
    {
        var servers = await StartAsync("--Scoring:CheckpointInterval=1s", "--Scoring:Lease=1s");
        await Load.DuringAsync(
            servers.All,
            Load.Timeout,
            load =>
                new RandomKills(
                    load,
                    output,
                    [Victim.Of(postgres), .. servers.All.Select((server, i) => Victim.Of($"server {i + 1}", server))]
                ).RunAsync()
        );
    }

    [Fact]
    public async Task A_rolling_restart_fails_no_call_that_a_few_repetitions_do_not_hide()
    {
        var servers = await StartAsync();
        var load = await Load.DuringAsync(
            servers.All,
            Load.Timeout,
            async load =>
            {
                foreach (var server in servers.All)
                {
                    await load.MoreAsync(300);
                    Assert.Equal(0, await server.StopAsync());
                    await load.MoreAsync(300);
                    await server.StartAgainAsync();
                }
            }
        );
        Assert.InRange(load.MostAttempts, 1, 20);
        Assert.InRange(load.LongestCall, TimeSpan.Zero, Load.LongestAnswer);
    }

    [Fact]
    public async Task A_server_that_stands_still_for_20_seconds_is_replaced_and_answers_nothing_stale_when_it_goes_on()
    {
        var servers = await StartAsync();
        await Load.DuringAsync(
            servers.All,
            Load.Impatience,
            async load =>
            {
                await load.MoreAsync(300);
                servers.All[0].Suspend();
                var stands = load.GoOnAsync(Load.StandStill);
                await load.AnswersForEveryoneAsync(servers.All[1]);
                await load.AnswersForEveryoneAsync(servers.All[2]);
                Assert.False(stands.IsCompleted, "Its partitions were not taken over before it goes on.");
                await stands;
                servers.All[0].Resume();
                // It finds that it was taken for dead, and ends; whoever runs it starts it again.
                await load.UntilAsync(() => !load.Replaced.IsEmpty, "server ended itself");
                await load.AnswersForEveryoneAsync(servers.All[0]);
            }
        );
    }

    [Fact]
    public async Task While_PostgreSQL_stands_still_for_20_seconds_calls_are_answered_in_time_and_all_goes_on_afterwards()
    {
        var servers = await StartAsync();
        var load = await Load.DuringAsync(
            servers.All,
            Load.Timeout,
            async load =>
            {
                await load.MoreAsync(300);
                postgres.Suspend();
                try
                {
                    await load.GoOnAsync(Load.StandStill);
                }
                finally
                {
                    postgres.Resume();
                }
                await load.MoreAsync(1_000);
            }
        );
        Assert.InRange(load.LongestCall, TimeSpan.Zero, Load.Timeout);
    }

    public ValueTask DisposeAsync() => _servers?.DisposeAsync() ?? ValueTask.CompletedTask;

    private async Task<ThreeServers> StartAsync(params string[] settings) =>
        _servers = await ThreeServers.StartAsync(postgres.NewDatabase(), settings);
}
