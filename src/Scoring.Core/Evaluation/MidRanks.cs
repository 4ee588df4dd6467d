namespace Scoring.Core.Evaluation;

/// <summary>Ranks from 1, ties sharing the mean of theirs.</summary>
internal static class MidRanks
{
    /// <summary>The rank of each value among all of them, the lowest first.</summary>
    public static double[] Of(double[] values)
    {
        var order = new int[values.Length];
        for (var i = 0; i < order.Length; i++)
        {
            order[i] = i;
        }
        var sorted = (double[])values.Clone();
        Array.Sort(sorted, order);
        var ranks = new double[values.Length];
        for (var start = 0; start < order.Length; )
        {
            var end = start + 1;
            for (; end < order.Length && sorted[end] == sorted[start]; end++) { }
            for (var place = start; place < end; place++)
            {
                ranks[order[place]] = (start + 1 + end) / 2.0;
            }
            start = end;
        }
        return ranks;
    }
}
