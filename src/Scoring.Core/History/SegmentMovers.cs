namespace Scoring.Core.History;

/// <summary>Whose scores moved most in a segment between two instants.</summary>
/// <param name="ModelName">The model that scores both instants.</param>
/// <param name="ModelVersion">Its version.</param>
/// <param name="Tally">How many rose, fell, joined and so on.</param>
/// <param name="Risers">Those who rose most, the largest rise first; those alike by id (ordinal).</param>
/// <param name="Fallers">Those who fell most, the largest fall first.</param>
public sealed record SegmentMovers(
    string ModelName,
    int ModelVersion,
    SegmentChangeTally Tally,
    IReadOnlyList<ScoreChange> Risers,
    IReadOnlyList<ScoreChange> Fallers
);
