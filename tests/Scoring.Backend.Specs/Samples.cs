using System.Text;
using Scoring.Core.Facts;
using Scoring.Core.Models;
using Scoring.Core.Recording;
using Scoring.Core.Workspaces;

namespace Scoring.Backend.Specs;

/// <summary>Data for tests.</summary>
public static class Samples
{
    public static readonly IReadOnlyList<string> Types = ["login", "purchase", "complaint"];

    /// <summary>Counts of every type for life, and decayed.</summary>
    public static ScoringModel Model(string name = "engagement", double weight = 1) =>
        new()
        {
            Name = name,
            Terms =
            [
                .. Types.Select(type => new EventTerm(type, 0, Measure.Count, weight)),
                .. Types.Select(type => new EventTerm(type, 7, Measure.Value, weight)),
                .. Types.Select(type => new EventTerm(type, 30, Measure.Count, weight)),
            ],
            TargetPoints = 100,
            Bands =
            [
                new Band("low", "Low", Engagement.NotEngaged, 50, UpperEndIncluded: true),
                new Band("high", "High", Engagement.Engaged, null, UpperEndIncluded: false),
            ],
        };

    public static EventBatch Batch(IReadOnlyList<Sample> events, string workspace = WorkspaceSettings.DefaultName)
    {
        var batch = new EventBatch(workspace);
        for (var i = 0; i < events.Count; i++)
        {
            var sample = events[i];
            batch.Add(
                new EventRecord
                {
                    CustomerId = Encoding.UTF8.GetBytes(sample.Customer),
                    Type = Encoding.UTF8.GetBytes(sample.Type),
                    EventId = Encoding.UTF8.GetBytes(sample.Id ?? ""),
                    AccountId = Encoding.UTF8.GetBytes(sample.Account),
                    Feature = Encoding.UTF8.GetBytes(sample.Feature),
                    OccurredAt = sample.At,
                    KnownAt = sample.KnownAt,
                    Value = sample.Value,
                    Index = i,
                }
            );
        }
        return batch;
    }
}
