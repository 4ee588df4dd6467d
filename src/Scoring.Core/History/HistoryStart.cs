using Scoring.Core.Time;

namespace Scoring.Core.History;

/// <summary>From when on the past is kept.</summary>
public static class HistoryStart
{
    /// <summary>Refuses an instant of which nothing is told.</summary>
    /// <param name="asked">The instant.</param>
    /// <param name="since">From when on everything is kept.</param>
    /// <param name="field">Where the instant was given, in the words of the contract.</param>
    /// <param name="ofWhat">Of what, for example "of customer 'ada'".</param>
    /// <exception cref="ScoringException"><see cref="ScoringError.BeforeHistory"/>; its subject is the instant from which on it is kept.</exception>
    public static void ThrowIfBefore(Instant asked, Instant since, string field, string ofWhat)
    {
        if (asked < since)
        {
            throw new ScoringException(
                ScoringError.BeforeHistory,
                $"{field} asks for {asked}, but the past {ofWhat} is kept from {since} on. Ask for that instant or later."
            )
            {
                Field = field,
                Subject = since.ToString(),
            };
        }
    }
}
