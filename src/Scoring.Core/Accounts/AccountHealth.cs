using Scoring.Core.Segments;
using Scoring.Core.Time;

namespace Scoring.Core.Accounts;

/// <summary>An account's health at one instant: whether it is likely to grow, stagnate or churn. What has no denominator is null.</summary>
public sealed record AccountHealth
{
    /// <summary>Health above which an account may be growing: up to it an account is disengaged, as a customer with such a score is.</summary>
    public const double GrowingAbove = 40;

    /// <summary>The account.</summary>
    public required string AccountId { get; init; }

    /// <summary>The account's attributes, by key.</summary>
    public required IReadOnlyList<KeyValuePair<string, string>> Attributes { get; init; }

    /// <summary>Customers that belong to the account.</summary>
    public required long Customers { get; init; }

    /// <summary>
    /// Customers of the account that are left out of all figures, since their newest event lies further ahead of the clock than the tolerated
    /// skew.
    /// </summary>
    public long AheadCustomers { get; init; }

    /// <summary>How often its customers are in the product.</summary>
    public required Frequency Frequency { get; init; }

    /// <summary>How many of its seats use the product.</summary>
    public required Breadth Breadth { get; init; }

    /// <summary>How many of the key features are in use.</summary>
    public required Depth Depth { get; init; }

    /// <summary>Change of activity against the previous period.</summary>
    public required Growth Growth { get; init; }

    /// <summary>The account's customers by band of the model.</summary>
    public required IReadOnlyList<BandCount> Bands { get; init; }

    /// <summary>Length of the period, in days.</summary>
    public required int WindowDays { get; init; }

    /// <summary>The instant that the figures hold for.</summary>
    public required Instant ReadTime { get; init; }

    /// <summary>The model whose bands are counted.</summary>
    public required string ModelName { get; init; }

    /// <summary>Its version.</summary>
    public required int ModelVersion { get; init; }

    /// <summary>
    /// Mean of the four parts that are present, 0..100; null when none is, and when nobody of the account was ever active: seats that nobody
    /// could use yet say nothing of its health.
    /// </summary>
    public double? Score
    {
        get
        {
            double?[] parts = [Frequency.Part, Breadth.Part, Depth.Part, Growth.Part];
            return Growth.History == AccountHistory.Never ? null : parts.Average();
        }
    }

    /// <summary>Where the account is heading.</summary>
    public AccountStatus Status =>
        Growth.History == AccountHistory.Never ? AccountStatus.NotStarted
        : Growth.History == AccountHistory.SincePeriod ? AccountStatus.New
        : Growth.ActiveDays == 0 || Growth.Change <= Growth.ChurningFrom ? AccountStatus.Churning
        : (Growth.PreviousActiveDays == 0 || Growth.Change >= Growth.GrowingFrom) && Score > GrowingAbove
            ? AccountStatus.Growing
        : AccountStatus.Stagnating;
}
