using Scoring.Cli.Terminal;
using Scoring.Client;
using Scoring.V1;

namespace Scoring.Cli.Customers;

/// <summary>The file of an export, which is there once all of it is, and how far it has come.</summary>
internal static class ExportedFile
{
    /// <summary>Writes it.</summary>
    /// <param name="screen">Where to show how far it has come, by customers.</param>
    /// <param name="client">The server.</param>
    /// <param name="segment">Whose data it is.</param>
    /// <param name="file">The file.</param>
    /// <param name="write">Writes all of it, and gives how many there are.</param>
    /// <param name="token">Stops it.</param>
    public static async Task<long> WriteAsync(
        Screen screen,
        ScoringClient client,
        GetSegmentStatsRequest segment,
        string file,
        Func<Stream, ProgressBar, Task<long>> write,
        CancellationToken token
    )
    {
        // Some may come and go meanwhile.
        var stats = await client.Scoring.GetSegmentStatsAsync(segment, cancellationToken: token);
        return await WrittenFile.WriteAsync(
            file,
            target =>
                ProgressDisplay.RunAsync(
                    screen.Error,
                    async begin =>
                    {
                        var bar = begin("Exporting", stats.CustomerCount);
                        var count = await write(target, bar);
                        bar.Complete();
                        return count;
                    }
                )
        );
    }
}
