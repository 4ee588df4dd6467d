namespace Scoring.Core.Segments;

/// <summary>What all tallies of one question measure scores by, so that they can be summed up without another look at all scores.</summary>
/// <remarks>The first population that has members of the segment makes it, from a sample of them. Thread safe.</remarks>
public sealed class ScoreRuler
{
    private readonly Lock _gate = new();
    private ScoreCells? _cells;

    internal ScoreCells CellsOr(Func<ScoreCells> make)
    {
        lock (_gate)
        {
            return _cells ??= make();
        }
    }
}
