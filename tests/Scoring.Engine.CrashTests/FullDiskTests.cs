using Scoring.Core;
using Scoring.Engine.CrashHost;

namespace Scoring.Engine.CrashTests;

public sealed class FullDiskTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_full_disk_refuses_writes_loses_nothing_and_works_again_once_there_is_room()
    {
        using var disk = new SmallDisk(megabytes: 24);
        disk.Fill(leavingMegabytes: 2);
        await using var engine = await ScoringEngine.OpenAsync(Load.Options(disk.DataDirectory), Cancellation);
        var acknowledged = new int[Load.Writers];
        for (var round = 0; round < 3; round++)
        {
            await Task.WhenAll(
                Enumerable.Range(0, Load.Writers).Select(w => WriteUntilRefused(engine, w, acknowledged))
            );
            for (var writer = 0; writer < Load.Writers; writer++)
            {
                Assert.InRange(await Load.WholeBatches(engine, writer), acknowledged[writer], acknowledged[writer] + 1);
            }

            disk.MakeRoom();
            await Task.WhenAll(Enumerable.Range(0, Load.Writers).Select(w => WriteOnce(engine, w, acknowledged)));
            await CheckpointWithRetries(engine);
            disk.Fill(leavingMegabytes: 0);
        }
        disk.MakeRoom();
        await engine.DisposeAsync();

        await using var restarted = await ScoringEngine.OpenAsync(Load.Options(disk.DataDirectory), Cancellation);
        for (var writer = 0; writer < Load.Writers; writer++)
        {
            Assert.Equal(acknowledged[writer], await Load.WholeBatches(restarted, writer));
        }
    }

    [Fact]
    public async Task A_stop_on_a_full_disk_keeps_everything_in_the_journal()
    {
        using var disk = new SmallDisk(megabytes: 24);
        disk.Fill(leavingMegabytes: 2);
        var acknowledged = new int[Load.Writers];
        await using var engine = await ScoringEngine.OpenAsync(Load.Options(disk.DataDirectory), Cancellation);
        await Task.WhenAll(Enumerable.Range(0, Load.Writers).Select(w => WriteUntilRefused(engine, w, acknowledged)));
        await engine.DisposeAsync();

        disk.MakeRoom();
        await using var restarted = await ScoringEngine.OpenAsync(Load.Options(disk.DataDirectory), Cancellation);
        for (var writer = 0; writer < Load.Writers; writer++)
        {
            Assert.InRange(await Load.WholeBatches(restarted, writer), acknowledged[writer], acknowledged[writer] + 1);
        }
    }

    private static async Task WriteUntilRefused(ScoringEngine engine, int writer, int[] acknowledged)
    {
        try
        {
            while (true)
            {
                using var batch = Load.Batch(writer, acknowledged[writer]);
                await engine.RecordAsync(batch, Cancellation);
                acknowledged[writer]++;
            }
        }
        catch (ScoringException refused)
        {
            Assert.Contains(refused.Error, (ScoringError[])[ScoringError.StorageFull, ScoringError.Unavailable]);
            Assert.NotNull(refused.RetryAfter);
        }
    }

    /// <summary>Writes a batch as a client does: again, when it is told to.</summary>
    private static async Task WriteOnce(ScoringEngine engine, int writer, int[] acknowledged)
    {
        using var batch = Load.Batch(writer, acknowledged[writer]);
        await WithRetries(async () => await engine.RecordAsync(batch, Cancellation));
        acknowledged[writer]++;
    }

    private static Task CheckpointWithRetries(ScoringEngine engine) =>
        WithRetries(() => engine.CheckpointAsync(Cancellation));

    private static async Task WithRetries(Func<Task> call)
    {
        while (true)
        {
            try
            {
                await call();
                return;
            }
            catch (ScoringException refused) when (refused.RetryAfter is { } delay)
            {
                await Task.Delay(delay, Cancellation);
            }
        }
    }
}
