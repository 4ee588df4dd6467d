namespace Scoring.Core.Scores;

/// <summary>The way into the next higher band.</summary>
/// <param name="Band">Its name.</param>
/// <param name="FromScore">The score at which it begins.</param>
/// <param name="Points">Points missing to <paramref name="FromScore"/>; never negative.</param>
/// <param name="Exclusive">True when the score must exceed <paramref name="FromScore"/>; false when reaching it is enough.</param>
public sealed record NextBand(string Band, double FromScore, double Points, bool Exclusive);
