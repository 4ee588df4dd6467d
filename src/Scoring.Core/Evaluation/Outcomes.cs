namespace Scoring.Core.Evaluation;

/// <summary>What was said beforehand of some subjects, and what then happened to them.</summary>
/// <remarks>
/// A higher score says that it is likelier to happen. One subject may be here several times, once for each instant at which it was scored: what such rows tell is not
/// independent, and intervals are as wide as that makes them.
/// </remarks>
public sealed class Outcomes
{
    private readonly double[] _scores;
    private readonly bool[] _happened;
    private readonly int[]? _subjects;

    /// <param name="scores">The scores, all finite.</param>
    /// <param name="happened">To whom it happened.</param>
    /// <param name="subjects">Whose rows they are: equal numbers are one subject; null when each row is a subject of its own.</param>
    /// <exception cref="ArgumentException">The lengths differ, or a score is not finite.</exception>
    public Outcomes(double[] scores, bool[] happened, int[]? subjects = null)
    {
        if (scores.Length != happened.Length || (subjects ?? []).Length != (subjects is null ? 0 : scores.Length))
        {
            throw new ArgumentException("There is one outcome, and one subject, for each score.", nameof(happened));
        }
        if (!Array.TrueForAll(scores, double.IsFinite))
        {
            throw new ArgumentException("A score is not finite.", nameof(scores));
        }
        (_scores, _happened, _subjects) = (scores, happened, subjects);
        Positives = happened.Count(did => did);
    }

    /// <summary>How many rows there are.</summary>
    public int Count => _scores.Length;

    /// <summary>How many it happened to.</summary>
    public int Positives { get; }

    /// <summary>How many it did not happen to.</summary>
    public int Negatives => Count - Positives;

    /// <summary>The scores, a higher one saying that it is likelier.</summary>
    public ReadOnlySpan<double> Scores => _scores;

    /// <summary>To whom it happened.</summary>
    public ReadOnlySpan<bool> Happened => _happened;

    /// <summary>Whether subjects may have several rows.</summary>
    public bool IsClustered => _subjects is not null;

    /// <summary>Whose row it is.</summary>
    public int SubjectOf(int row) => _subjects is null ? row : _subjects[row];

    /// <summary>The rows, the highest score first.</summary>
    internal int[] ByFallingScore()
    {
        var rows = new int[Count];
        var keys = new double[Count];
        for (var i = 0; i < rows.Length; i++)
        {
            rows[i] = i;
            keys[i] = -_scores[i];
        }
        Array.Sort(keys, rows);
        return rows;
    }
}
