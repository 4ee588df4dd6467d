using Scoring.Core;
using Scoring.Core.Accounts;

namespace Scoring.Cluster.Accounts;

/// <summary>How an account fares, or why that is not said.</summary>
/// <param name="Health">The health; null when it was refused.</param>
/// <param name="Error">Why it was refused.</param>
/// <param name="Message">Why, for people.</param>
/// <param name="Field">The field at fault; empty for none.</param>
/// <param name="Subject">What the refusal is about; empty for nothing.</param>
[GenerateSerializer, Alias("scoring.health-answer"), Immutable]
internal sealed record HealthAnswer(
    [property: Id(0)] AccountHealth? Health,
    [property: Id(1)] ScoringError Error = default,
    [property: Id(2)] string Message = "",
    [property: Id(3)] string? Field = null,
    [property: Id(4)] string? Subject = null
)
{
    /// <summary>The answer for what was refused.</summary>
    public static HealthAnswer Refused(ScoringException refusal) =>
        new(null, refusal.Error, refusal.Message, refusal.Field, refusal.Subject);

    /// <summary>The health.</summary>
    /// <exception cref="ScoringException">It was refused.</exception>
    public AccountHealth Get() =>
        Health ?? throw new ScoringException(Error, Message) { Field = Field, Subject = Subject };
}
