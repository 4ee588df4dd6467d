using Scoring.Core.Evaluation;
using Scoring.Core.Facts;
using Scoring.Core.Models;
using Scoring.Core.Time;

namespace Scoring.Core.Tests.Evaluation;

/// <summary>What terms counted of customers at cut-offs, and what happened to them.</summary>
internal static class TermPart
{
    public static readonly TimeSpan Horizon = TimeSpan.FromDays(30);
    private static readonly Instant First = Instant.From(new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero));

    /// <summary>A query for cut-offs a horizon apart, of which the last judges.</summary>
    public static ProposalQuery Query(int taught = 1, bool high = true, bool freeSigns = false) =>
        new(
            new()
            {
                Workspace = "default",
                Outcome = new OutcomeRule.OfSilence(30),
                CutOffs = [.. Enumerable.Range(0, taught + 1).Select(i => First + (i * Horizon))],
                Horizon = Horizon,
                HighScoresExpectIt = high,
            },
            JudgedCutOffs: 1,
            freeSigns
        );

    /// <summary>One cut-off: of each customer what the terms counted, and whether it happened.</summary>
    public static EvaluationPart Of(IReadOnlyList<(double[] Values, bool Happened)> customers) =>
        Of([
            [.. customers.Select((customer, number) => (number, customer.Values, customer.Happened))],
        ]);

    /// <summary>Some cut-offs.</summary>
    public static EvaluationPart Of(params IReadOnlyList<(int Customer, double[] Values, bool Happened)>[] cutOffs)
    {
        var part = new EvaluationPart(cutOffs.Length, cutOffs[0][0].Values.Length);
        for (var i = 0; i < cutOffs.Length; i++)
        {
            foreach (var (customer, values, happened) in cutOffs[i])
            {
                part.CutOffs[i].Add(customer, values, happened ? TimeSpan.FromDays(1) : null);
            }
        }
        return part;
    }

    /// <summary>A model that counts events of as many types as there are weights.</summary>
    public static ScoringModel Model(params double[] weights) =>
        Samples.Model([.. weights.Select((weight, i) => new EventTerm($"type-{i}", 0, Measure.Count, weight))]);
}
