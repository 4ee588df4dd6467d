using Scoring.Core.Scores;

namespace Scoring.Cluster.Messages;

/// <summary>A customer's score, or why there is none.</summary>
/// <param name="Score">The score; null when nothing is known of the customer, or when there is another reason.</param>
/// <param name="NewestTicks">Ticks of the customer's newest event, where that lies after the instant asked for; then there is no score.</param>
/// <param name="ModelIsGone">The version of the model is no longer to be had: a newer one is.</param>
/// <param name="IsMissing">The customer did not answer.</param>
[GenerateSerializer, Alias("scoring.score-answer"), Immutable]
internal sealed record ScoreAnswer(
    [property: Id(0)] CustomerScore? Score,
    [property: Id(1)] long? NewestTicks = null,
    [property: Id(2)] bool ModelIsGone = false,
    [property: Id(3)] bool IsMissing = false
) : IAnswer<ScoreAnswer>
{
    /// <inheritdoc/>
    public bool IsDone => !IsMissing;

    /// <inheritdoc/>
    public static ScoreAnswer None(Exception why) => new(null, IsMissing: true);
}
