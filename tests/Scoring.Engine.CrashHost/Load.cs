using System.Globalization;
using System.Text;
using Scoring.Core.Facts;
using Scoring.Core.Models;
using Scoring.Core.Recording;
using Scoring.Core.Scores;

namespace Scoring.Engine.CrashHost;

/// <summary>What the writers of the crash tests write: batch n of a writer is always the same, so what ought to be there can be computed.</summary>
public static class Load
{
    /// <summary>Writers that write at the same time, each to customers of its own.</summary>
    public const int Writers = 6;

    private const int EventsPerBatch = 60;
    private const int CustomersPerWriter = 37;
    private const string EventType = "login";

    /// <summary>An engine's options under which everything happens often: checkpoints, and ids being forgotten.</summary>
    public static EngineOptions Options(string directory) =>
        new()
        {
            DataDirectory = directory,
            Partitions = 3,
            CheckpointBytes = 256 << 10,
            DuplicateWindow = TimeSpan.Zero,
            DuplicateWindowMinimum = 20_000,
            Models = [new ModelSource("", Model, "1")],
        };

    /// <summary>Batch n of a writer.</summary>
    public static EventBatch Batch(int writer, int number)
    {
        var batch = new EventBatch("default");
        for (var i = 0; i < EventsPerBatch; i++)
        {
            var sequence = ((long)number * EventsPerBatch) + i;
            batch.Add(
                new EventRecord
                {
                    CustomerId = Encoding.UTF8.GetBytes(Customer(writer, (int)(sequence % CustomersPerWriter))),
                    EventId = Encoding.UTF8.GetBytes(sequence.ToString(CultureInfo.InvariantCulture)),
                    Type = Encoding.UTF8.GetBytes(EventType),
                    Value = 1,
                    Index = i,
                }
            );
        }
        return batch;
    }

    /// <summary>How many whole batches of a writer are in an engine; -1 when the counts are not those of whole batches, each once.</summary>
    public static async Task<int> WholeBatches(ScoringEngine engine, int writer)
    {
        var customers = Enumerable.Range(0, CustomersPerWriter).Select(c => Customer(writer, c)).ToArray();
        var scores = await engine.GetScoresAsync(new ScoreQuery("", customers, "", null), CancellationToken.None);
        var counts = scores.Select(s => (long)(s?.Contributions.Sum(c => c.Quantity) ?? 0)).ToArray();
        var total = counts.Sum();
        for (var customer = 0; customer < counts.Length; customer++)
        {
            if (counts[customer] != (total - customer + CustomersPerWriter - 1) / CustomersPerWriter)
            {
                return -1;
            }
        }
        return total % EventsPerBatch == 0 ? (int)(total / EventsPerBatch) : -1;
    }

    private static ScoringModel Model { get; } =
        new()
        {
            Name = "engagement",
            Terms = [new Term(EventType, 0, Measure.Count, 1)],
            TargetPoints = 100,
            Bands = [new Band("all", "All", Engagement.Engaged, null, UpperEndIncluded: false)],
        };

    private static string Customer(int writer, int customer) => $"w{writer}-c{customer}";
}
