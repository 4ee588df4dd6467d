using System.Text.Json.Serialization;
using Scoring.Core.Adjustments;
using Scoring.Core.Time;

namespace Scoring.Core.Models;

/// <summary>
/// How facts become a score: score = 100 x points / target points, where points is the sum over the terms of weight x quantity.
/// </summary>
/// <remarks>
/// A model is immutable and holds no data; <see cref="ModelRules"/> says what makes one valid. Formula: the customer engagement
/// score of the customer-success literature, sum over event types of (weight x events of that type), mapped to the 100 scale.
/// </remarks>
public sealed record ScoringModel
{
    /// <summary>The name in its workspace: 1 to 64 lower-case letters, digits, '_' or '-', starting with a letter.</summary>
    public required string Name { get; init; }

    /// <summary>Rises by one with every change, from 1, and is never used again; 0 for a model that was not stored yet.</summary>
    public int Version { get; init; }

    /// <summary>What the model measures, for people.</summary>
    public string Description { get; init; } = "";

    /// <summary>What counts.</summary>
    public required IReadOnlyList<Term> Terms { get; init; }

    /// <summary>Points that make a score of 100, <see cref="Limits.SmallestDivisor"/> to <see cref="Limits.Value"/>.</summary>
    public required double TargetPoints { get; init; }

    /// <summary>The bands, from the lowest to the highest; only the last has no end.</summary>
    public required IReadOnlyList<Band> Bands { get; init; }

    /// <summary>The dimensions that terms are put together in; each term belongs to one of them, or there are none.</summary>
    public IReadOnlyList<Dimension> Dimensions { get; init; } = [];

    /// <summary>The least score, -1e12 to 1e12; null means no limit.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public double? Floor { get; init; }

    /// <summary>The greatest score, above <see cref="Floor"/>; null means no limit.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public double? Ceiling { get; init; }

    /// <summary>
    /// Tenure grace: for how many UTC days, that of its first event or upsert being the first, a customer is not at risk, whatever its band; 0 for none, up to
    /// <see cref="Limits.GraceDays"/>.
    /// </summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public int GraceDays { get; init; }

    /// <summary>When this version was put.</summary>
    public Instant UpdateTime { get; init; }

    /// <summary>Who put this version, and why; null for one that an earlier build stored, or that was not stored yet by somebody who is known.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public ModelChange? Change { get; init; }

    /// <summary>The half-lives in days that terms have.</summary>
    public IEnumerable<int> HalfLivesDays() =>
        Terms
            .Select(term =>
                term switch
                {
                    EventTerm events => events.HalfLifeDays,
                    RecencyTerm recency => recency.HalfLifeDays,
                    _ => 0,
                }
            )
            .Where(days => days != 0);

    /// <summary>
    /// The score that points make: 100 x points / <see cref="TargetPoints"/>, as it is adjusted, not below <see cref="Floor"/> and not above <see cref="Ceiling"/>.
    /// </summary>
    public double Score(double points, ScoreAdjustment? adjustment = null)
    {
        var score = UnlimitedScore(points, adjustment);
        return score < Floor ? Floor.Value
            : score > Ceiling ? Ceiling.Value
            : score;
    }

    /// <summary>The score that points would make without floor and ceiling.</summary>
    public double UnlimitedScore(double points, ScoreAdjustment? adjustment = null)
    {
        var score = points * 100 / TargetPoints;
        return adjustment is null ? score : adjustment.Adjust(score);
    }

    /// <summary>The points that make a score.</summary>
    public double PointsOf(double score) => score * TargetPoints / 100;

    /// <summary>Place in <see cref="Bands"/> of the band that a score falls into.</summary>
    public int BandOf(double score)
    {
        var band = 0;
        while (band < Bands.Count - 1 && Bands[band].EndsBefore(score))
        {
            band++;
        }
        return band;
    }
}
