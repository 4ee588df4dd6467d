using Scoring.Cli.Simulation;
using Scoring.V1;

namespace Scoring.Cli.Demo;

/// <summary>What <c>demo --json</c> writes.</summary>
internal sealed record DemoSummary(
    long Customers,
    int Accounts,
    long Events,
    double Seconds,
    double EventsPerSecond,
    double Mean,
    IReadOnlyDictionary<string, long> Bands,
    IReadOnlyList<RankedScore> Top,
    IReadOnlyList<RankedScore> AtRisk,
    IReadOnlyDictionary<string, double?> MeanByPlan,
    IReadOnlyDictionary<string, string> AccountStatus
)
{
    public static DemoSummary Of(SimulatedPopulation people, RecordingSummary summary, DemoFindings findings) =>
        new(
            findings.Everyone.CustomerCount,
            people.Accounts.Count,
            summary.Totals.Accepted,
            summary.Elapsed.TotalSeconds,
            summary.Rate,
            findings.Everyone.Mean,
            findings.Everyone.Bands.ToDictionary(band => band.Band, band => band.CustomerCount, StringComparer.Ordinal),
            [.. findings.Top.Select(RankedScore.Of)],
            [.. findings.AtRisk.Select(RankedScore.Of)],
            findings.Plans.ToDictionary(
                plan => plan.Name,
                plan => plan.Stats.HasMean ? plan.Stats.Mean : (double?)null,
                StringComparer.Ordinal
            ),
            findings.Accounts.ToDictionary(
                account => account.AccountId,
                account => account.Status.ToString(),
                StringComparer.Ordinal
            )
        );
}

/// <summary>One customer of a list.</summary>
internal sealed record RankedScore(string CustomerId, double Score, string Band)
{
    public static RankedScore Of(CustomerScore score) => new(score.CustomerId, score.Score, score.Band);
}
