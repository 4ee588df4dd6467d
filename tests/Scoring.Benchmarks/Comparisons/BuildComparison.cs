using Scoring.Benchmarks.Comparisons.Ingest;
using Scoring.Benchmarks.Comparisons.Processes;
using Scoring.Benchmarks.Comparisons.Unary;

namespace Scoring.Benchmarks.Comparisons;

/// <summary>The server of this build against that of another one, both on the same customers, in one run.</summary>
internal static class BuildComparison
{
    private const string Other = "the other build";
    private const int CallsInFlight = 8;

    public static async Task RunAsync(ComparisonRun run)
    {
        var options = run.Options;
        if (options.OtherServer.Length == 0)
        {
            throw new InvalidOperationException("--other names the Scoring.Server of the other build.");
        }
        var built = await Side.StartAsync(run, executable: null);
        var other = await Side.StartAsync(run, options.OtherServer);
        var pairs = new Pairs<Side>(run, built, other, Other);
        await pairs.MeasureAsync(
            "StreamEvents, batches of 1,000",
            "event",
            goal: null,
            side => side.RecordAsync(side.Streamed)
        );
        await pairs.MeasureAsync(
            "RecordEvents, batches of 1,000",
            "event",
            goal: null,
            side => side.RecordAsync(side.Unary)
        );
        await pairs.MeasureAsync(
            "RecordEvent, customers at random, 64 in flight",
            "request",
            goal: null,
            side => side.CallAsync("RecordEvent", CallTemplate.RecordEvent)
        );
        await pairs.MeasureAsync(
            "GetScore, customers at random, 64 in flight",
            "request",
            goal: null,
            side => side.CallAsync("GetScore", CallTemplate.GetScore)
        );
    }

    /// <summary>One of the two servers.</summary>
    private sealed class Side(ComparisonRun run, ScoringServer server)
    {
        public StreamedEvents Streamed { get; } = new([server], run.Options.Streams);

        public UnaryBatches Unary { get; } = new([server], CallsInFlight);

        public static async Task<Side> StartAsync(ComparisonRun run, string? executable)
        {
            var side = new Side(run, await ScoringServer.StartAsync(run.Workplace, executable, []));
            await Phase.MeasureAsync(side.Streamed, BatchSource.Everyone(run.Options.Customers, Traffic.Types.Length));
            return side;
        }

        public async Task<Figure> RecordAsync(IEventStore store)
        {
            var phase = await Phase.MeasureAsync(store, BatchSource.Random(run.Options.Customers, run.Options.Events));
            return new Figure(phase.EventsPerSecond, phase.StoreCost);
        }

        public Task<Figure> CallAsync(string method, Func<CallTemplate> template) =>
            UnaryLoad.MeasureAsync(run, server, method, template);
    }
}
