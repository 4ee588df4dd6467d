using Scoring.Core.Accounts;
using Scoring.Core.Time;

namespace Scoring.Grains;

/// <summary>One account: the aggregator of its customers. The key is a <see cref="CustomerKey"/>.</summary>
[Alias("scoring.account")]
public interface IAccountGrain : IGrainWithStringKey
{
    /// <summary>How the account fares: frequency, breadth, depth and growth. Every event that was acknowledged before the call is in it.</summary>
    /// <param name="windowDays">Length of the period in UTC days, 1 to <see cref="Core.Limits.HealthWindowDays"/>; it ends with the day of the read time.</param>
    /// <param name="model">The model whose bands are counted, and behind it '@' and a version where not the current one is meant; empty means the workspace's default model.</param>
    /// <param name="readTime">The instant; null means now, or the newest event where that lies ahead of now.</param>
    /// <exception cref="Core.ScoringException">The account is unknown, for example.</exception>
    [Alias("health")]
    Task<AccountHealth> GetHealthAsync(int windowDays, string model, Instant? readTime);
}
