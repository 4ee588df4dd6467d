namespace Scoring.Core.Segments;

/// <summary>Selection by rank.</summary>
internal static class RankSelection
{
    /// <summary>Puts the scores from one rank to before another in their places, in order.</summary>
    public static void Sort(Span<double> scores, int first, int end)
    {
        if (first > 0)
        {
            Select(scores, first);
        }
        if (end < scores.Length)
        {
            Select(scores[first..], end - first);
        }
        scores[first..end].Sort();
    }

    /// <summary>
    /// Puts the score of a rank in its place, none greater before it and none less behind it. Hoare's FIND (CACM 4, 1961) with the
    /// median of three as pivot; sorts what is left should the pivots be chosen badly, so hostile input costs n log n.
    /// </summary>
    internal static double Select(Span<double> scores, int rank)
    {
        var (first, last) = (0, scores.Length - 1);
        for (var rounds = 64; first < last; rounds--)
        {
            if (rounds == 0)
            {
                scores[first..(last + 1)].Sort();
                break;
            }
            var pivot = MedianOfThree(scores[first], scores[first + ((last - first) / 2)], scores[last]);
            var (up, down) = (first, last);
            while (up <= down)
            {
                while (scores[up] < pivot)
                {
                    up++;
                }
                while (scores[down] > pivot)
                {
                    down--;
                }
                if (up <= down)
                {
                    (scores[up], scores[down]) = (scores[down], scores[up]);
                    up++;
                    down--;
                }
            }
            if (rank <= down)
            {
                last = down;
            }
            else if (rank >= up)
            {
                first = up;
            }
            else
            {
                break;
            }
        }
        return scores[rank];
    }

    private static double MedianOfThree(double a, double b, double c) =>
        Math.Max(Math.Min(a, b), Math.Min(Math.Max(a, b), c));
}
