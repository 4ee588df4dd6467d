using Scoring.Core.Lifecycles;
using Scoring.Core.Time;

namespace Scoring.Core.Scores;

/// <summary>A customer's score at one instant, under one version of one model, with why.</summary>
public sealed record CustomerScore
{
    /// <summary>The customer.</summary>
    public required string CustomerId { get; init; }

    /// <summary>Its account; empty when it has none.</summary>
    public required string AccountId { get; init; }

    /// <summary>The customer's attributes, by key.</summary>
    public required IReadOnlyList<KeyValuePair<string, string>> Attributes { get; init; }

    /// <summary>The points behind the score.</summary>
    public required double Points { get; init; }

    /// <summary>100 x points / the model's target points; between the model's floor and ceiling.</summary>
    public required double Score { get; init; }

    /// <summary>The score clamped to 1..100, for display.</summary>
    public double Index => IndexOf(Score);

    /// <summary>Name of the band that the score falls into.</summary>
    public required string Band { get; init; }

    /// <summary>Where the customer stands with the product, beside the band.</summary>
    public required Lifecycle Lifecycle { get; init; }

    /// <summary>
    /// Whether engagement is rising or falling, a ratio without a unit, -1..1: (short - long) / (short + long) of the rates of points per day
    /// seen through the shortest and the longest half-life. 0 is steady; 1/3 is twice the usual rate lately, -1/3 half of it. Only what
    /// brings points has a say, so a penalty that fades is no recovery. Null when both are 0, when there is one half-life only, and when the
    /// customer was not active within <see cref="LifecycleSettings.DormantDays"/>: who does nothing is not falling for ever.
    /// </summary>
    public required double? Momentum { get; init; }

    /// <summary>What the points are made of, together with <see cref="Adjustment"/> and <see cref="CutOffs"/>: one per term whose event type the customer has had, then one per term of another kind whose quantity is not 0.</summary>
    public required IReadOnlyList<Contribution> Contributions { get; init; }

    /// <summary>The dimensions of the model, in its order. Their points and what adjustment, floor and ceiling add sum to the points.</summary>
    public IReadOnlyList<DimensionScore> Dimensions { get; init; } = [];

    /// <summary>The manual adjustment of the score; null when there is none.</summary>
    public AdjustmentScore? Adjustment { get; init; }

    /// <summary>What caps of dimensions, floor and ceiling add to what the contributions and the adjustment sum to.</summary>
    public IReadOnlyList<CutOff> CutOffs { get; init; } = [];

    /// <summary>Whether the customer is in its tenure grace, so that it is not at risk whatever its band.</summary>
    public bool InGrace { get; init; }

    /// <summary>What the next higher band needs; null in the highest, where the model's ceiling lies below the next, and where an adjustment sets the score.</summary>
    public required NextBand? NextBand { get; init; }

    /// <summary>The model that was used.</summary>
    public required string ModelName { get; init; }

    /// <summary>Its version.</summary>
    public required int ModelVersion { get; init; }

    /// <summary>The instant that the score holds for.</summary>
    public required Instant ReadTime { get; init; }

    /// <summary>The customer's newest event; null when it has had none.</summary>
    public required Instant? LastEventTime { get; init; }

    /// <summary>A score as it is shown: clamped to 1..100.</summary>
    public static double IndexOf(double score) => Math.Clamp(score, 1, 100);
}
