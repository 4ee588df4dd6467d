using System.Text;
using Scoring.Core.Models;
using Scoring.Core.Populations;
using Scoring.Core.Recording;
using Scoring.Core.Scores;
using Scoring.Core.Segments;
using Scoring.Core.Tests.Oracle;
using Scoring.Core.Time;
using Scoring.Core.Workspaces;

namespace Scoring.Core.Tests;

/// <summary>The things that tests begin with.</summary>
internal static class Samples
{
    public static readonly Instant Noon = Instant.From(new DateTimeOffset(2025, 6, 15, 12, 0, 0, TimeSpan.Zero));

    public static readonly WorkspaceSettings Workspace = new()
    {
        Name = "default",
        PassiveEventTypes = ["payment_failed"],
    };

    public static readonly IReadOnlyList<Band> Bands =
    [
        new("churn_risk", "Churn risk", Engagement.NotEngaged, 0, UpperEndIncluded: false),
        new("disengaged", "Disengaged", Engagement.NotEngaged, 40, UpperEndIncluded: true),
        new("somewhat_engaged", "Somewhat engaged", Engagement.SomewhatEngaged, 70, UpperEndIncluded: true),
        new("highly_engaged", "Highly engaged", Engagement.Engaged, 100, UpperEndIncluded: true),
        new("power_user", "Power user", Engagement.Engaged, null, UpperEndIncluded: false),
    ];

    /// <summary>A model with the default bands in which a point is a score of 1.</summary>
    public static ScoringModel Model(params Term[] terms) =>
        new()
        {
            Name = "engagement",
            Version = 1,
            Terms = terms,
            TargetPoints = 100,
            Bands = Bands,
        };

    /// <summary>Scores that come in several stretches, as those of several partitions do.</summary>
    public static ScoreList Listed(params double[] scores)
    {
        var listed = new ScoreList();
        foreach (var some in scores.Chunk(30_001))
        {
            listed.Reserve(listed.Count + some.Length);
            some.CopyTo(listed.Room);
            listed.Add(some.Length);
        }
        return listed;
    }

    public static Instant DaysAgo(double days) => Noon - TimeSpan.FromDays(days);

    public static RecordOutcome Record(
        this Population population,
        in EventRecord item,
        Instant receivedAt,
        out int row
    ) => population.Record(item, Population.BeginLookup(item.CustomerId), receivedAt, out row);

    public static RecordOutcome Record(this Population population, PastEvent e) =>
        population.Record(
            new EventRecord
            {
                CustomerId = Encoding.UTF8.GetBytes(e.Customer),
                AccountId = Encoding.UTF8.GetBytes(e.Account),
                Type = Encoding.UTF8.GetBytes(e.Type),
                Feature = Encoding.UTF8.GetBytes(e.Feature),
                Value = e.Value,
                OccurredAt = e.OccurredAt,
            },
            receivedAt: e.OccurredAt,
            out _
        );

    public static RecordOutcome Record(
        this Population population,
        string customer,
        string type,
        Instant at,
        double value = 1,
        string account = "",
        string feature = ""
    ) => population.Record(new PastEvent(customer, account, type, value, feature, at));

    public static CustomerScore Score(
        this Population population,
        string customer,
        ScoringModel model,
        Instant? at = null
    ) => population.Score(population.Find(customer), model, at ?? Noon);

    public static int Upsert(
        this Population population,
        string customer,
        params (string Key, string Value)[] attributes
    )
    {
        var pairs = attributes.Select(a => KeyValuePair.Create(a.Key, a.Value)).ToList();
        Assert.Null(population.Upsert(new CustomerUpdate(customer, "", pairs), Noon, index: 0, out var row));
        return row;
    }
}
