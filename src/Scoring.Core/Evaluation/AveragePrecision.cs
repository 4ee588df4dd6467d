namespace Scoring.Core.Evaluation;

/// <summary>The area under the curve of precision and recall.</summary>
/// <remarks>
/// The sum of precision at each score times the recall that it adds, equal scores being taken together; nothing is interpolated (Manning, Raghavan, Schütze, Introduction to Information
/// Retrieval, 8.4). Scores that say nothing have the share of those that it happened to.
/// </remarks>
public static class AveragePrecision
{
    /// <summary>The area, 0 to 1; null when it happened to nobody.</summary>
    public static double? Of(Outcomes outcomes)
    {
        if (outcomes.Positives == 0)
        {
            return null;
        }
        var rows = outcomes.ByFallingScore();
        var (area, found) = (0.0, 0);
        for (var start = 0; start < rows.Length; )
        {
            var (end, before) = (start, found);
            for (; end < rows.Length && outcomes.Scores[rows[end]] == outcomes.Scores[rows[start]]; end++)
            {
                found += outcomes.Happened[rows[end]] ? 1 : 0;
            }
            area += (double)found / end * (found - before) / outcomes.Positives;
            start = end;
        }
        return area;
    }
}
