using Scoring.Core.Models;
using Scoring.Core.Scores;
using Scoring.Core.Time;
using Scoring.Core.Workspaces;

namespace Scoring.Core.History;

/// <summary>Why a customer's score changed between two instants.</summary>
/// <param name="CustomerId">The customer.</param>
/// <param name="From">The score at the first instant, as known then; null when nothing was known: its score counts as 0.</param>
/// <param name="To">The score at the second instant, as known then.</param>
/// <param name="Parts">What the difference is made of, none of 0, in a fixed order. In millionths they add up to the difference exactly.</param>
public sealed record ScoreChange(
    string CustomerId,
    CustomerScore? From,
    CustomerScore To,
    IReadOnlyList<ScoreChangePart> Parts
)
{
    /// <summary>No more than this, in either direction: so the difference of two is a number of millionths too.</summary>
    private const double MostMicros = 1L << 62;

    /// <summary>What the second score is more than the first, in millionths, each rounded to these.</summary>
    public long Micros => MicrosOf(To.Score) - MicrosOf(From?.Score ?? 0);

    /// <summary>Tells why a customer's score changed; null when nothing was known of it at the second instant.</summary>
    /// <param name="past">The customer's past.</param>
    /// <param name="settings">The workspace.</param>
    /// <param name="fromModel">The version of the model that scores the first instant.</param>
    /// <param name="model">The version that scores the second one.</param>
    /// <param name="from">The first instant.</param>
    /// <param name="to">The second one, later than the first.</param>
    /// <param name="isToNow">Whether the second one is the present, so that all that was received is known, the second that is under way included.</param>
    /// <exception cref="ScoringException"><see cref="ScoringError.BeforeHistory"/>.</exception>
    public static ScoreChange? Between(
        CustomerPast past,
        WorkspaceSettings settings,
        ScoringModel fromModel,
        ScoringModel model,
        Instant from,
        Instant to,
        bool isToNow = false
    )
    {
        past.ThrowIfBefore(from, "start_time");
        return ScoreLedger.Of(past, settings, fromModel, model, new(from, from), new(to, isToNow ? null : to))?.Change;
    }

    /// <summary>Tells why a customer's score changed, both instants by what is known at one: so events that came late count from when they occurred.</summary>
    /// <param name="past">The customer's past.</param>
    /// <param name="settings">The workspace.</param>
    /// <param name="model">The model that scores both.</param>
    /// <param name="from">The first instant.</param>
    /// <param name="to">The second one, later than the first.</param>
    /// <param name="knownAt">What was received later is left out; null for nothing.</param>
    /// <returns>Null when nothing was known of it at the second instant.</returns>
    public static ScoreChange? KnownAt(
        CustomerPast past,
        WorkspaceSettings settings,
        ScoringModel model,
        Instant from,
        Instant to,
        Instant? knownAt
    ) => ScoreLedger.Of(past, settings, model, model, new(from, knownAt), new(to, knownAt))?.Change;

    /// <summary>A score in millionths, up to 4.6e18 of them in either direction.</summary>
    public static long MicrosOf(double score) => (long)Math.Round(Math.Clamp(score * 1e6, -MostMicros, MostMicros));
}
