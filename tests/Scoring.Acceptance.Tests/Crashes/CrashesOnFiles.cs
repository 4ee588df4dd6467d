using Scoring.Cli.Tests.Support;
using Scoring.Postgres.Tests.Support;

namespace Scoring.Acceptance.Tests.Crashes;

/// <summary>One server with files that is killed, stopped where it is, or has no room left.</summary>
public sealed class CrashesOnFiles(ITestOutputHelper output) : IAsyncDisposable
{
    private RunningServer? _server;

    [Fact]
    public async Task Every_event_counts_once_although_the_server_is_killed_at_random_moments()
    {
        // Checkpoints are always under way, and ids are forgotten in long runs.
        var server = await StartAsync("--Scoring:CheckpointInterval=1s", "--Scoring:DuplicateWindow=1m");
        await Load.DuringAsync(
            [server],
            Load.Timeout,
            load => new RandomKills(load, output, Victim.Of("the server", server)).RunAsync()
        );
    }

    [Fact]
    public async Task A_server_that_stood_still_for_20_seconds_goes_on_and_has_lost_nothing()
    {
        var server = await StartAsync();
        await Load.DuringAsync(
            [server],
            Load.Impatience,
            async load =>
            {
                await load.MoreAsync(300);
                server.Suspend();
                await load.GoOnAsync(Load.StandStill);
                server.Resume();
                await load.MoreAsync(300);
            }
        );
    }

    [Fact]
    public async Task A_full_disk_refuses_writes_loses_nothing_and_works_again_once_there_is_room()
    {
        using var folder = new TempFolder();
        using var disk = new SmallDisk(folder.Path, megabytes: 64);
        var server = await StartAsync($"--Scoring:DataDirectory={disk.Space}/data", "--Scoring:CheckpointBytes=1MiB");
        await Load.DuringAsync(
            [server],
            Load.Timeout,
            async load =>
            {
                for (var round = 0; round < 3; round++)
                {
                    await load.MoreAsync(300);
                    disk.Fill();
                    await load.RefusedAsync();
                    await load.AnswersForEveryoneAsync(server);
                    disk.MakeRoom();
                }
                await load.MoreAsync(300);
                disk.Fill();
                await load.RefusedAsync();
                await server.StopAsync();
                disk.MakeRoom();
                await server.StartAgainAsync();
                await load.MoreAsync(300);
            }
        );
        await server.KillAsync();
    }

    public ValueTask DisposeAsync() => _server?.DisposeAsync() ?? ValueTask.CompletedTask;

    private async Task<RunningServer> StartAsync(params string[] settings) =>
        _server = await RunningServer.StartAsync(
            null,
            ["--Scoring:HttpEndpoint=127.0.0.1:0", "--Scoring:Partitions=8", .. settings]
        );
}
