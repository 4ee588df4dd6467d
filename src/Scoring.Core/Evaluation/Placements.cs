namespace Scoring.Core.Evaluation;

/// <summary>The area under a ROC curve, and what each row adds to it: the structural components of DeLong.</summary>
/// <remarks>
/// <para>
/// The placement of a row is the share of the rows of the other class that it is ordered rightly with, a tie being half. The area is the mean of either class's placements, and its
/// variance is that of the two means: DeLong, DeLong and Clarke-Pearson, Biometrics 44 (1988). They are found from three rankings instead of all pairs: Sun and Xu, IEEE
/// Signal Processing Letters 21 (2014).
/// </para>
/// <para>
/// Where subjects have several rows, the deviations of a subject's rows are summed up before they are squared, and the two classes are correlated through them: Obuchowski,
/// Biometrics 53 (1997). With one row a subject that is DeLong's variance.
/// </para>
/// </remarks>
internal sealed class Placements
{
    private readonly Outcomes _outcomes;

    // Of each row how far its placement lies from the area.
    private readonly double[] _deviations;

    /// <param name="outcomes">Outcomes of both kinds.</param>
    public Placements(Outcomes outcomes)
    {
        _outcomes = outcomes;
        var (positives, negatives) = (new double[outcomes.Positives], new double[outcomes.Negatives]);
        for (int row = 0, p = 0, n = 0; row < outcomes.Count; row++)
        {
            if (outcomes.Happened[row])
            {
                positives[p++] = outcomes.Scores[row];
            }
            else
            {
                negatives[n++] = outcomes.Scores[row];
            }
        }
        var among = MidRanks.Of([.. positives, .. negatives]);
        var (ofPositives, ofNegatives) = (MidRanks.Of(positives), MidRanks.Of(negatives));
        _deviations = new double[outcomes.Count];
        var sum = 0.0;
        for (int row = 0, p = 0, n = 0; row < outcomes.Count; row++)
        {
            if (outcomes.Happened[row])
            {
                var below = among[p] - ofPositives[p];
                sum += below;
                _deviations[row] = below / negatives.Length;
                p++;
            }
            else
            {
                var below = among[positives.Length + n] - ofNegatives[n];
                _deviations[row] = 1 - (below / positives.Length);
                n++;
            }
        }
        Area = sum / positives.Length / negatives.Length;
        for (var row = 0; row < _deviations.Length; row++)
        {
            _deviations[row] -= Area;
        }
    }

    /// <summary>The area, 0 to 1.</summary>
    public double Area { get; }

    /// <summary>The covariance of this area with that of other scores of the same rows; with itself, its variance. NaN where a class has one subject alone.</summary>
    public double CovarianceWith(Placements other)
    {
        var (mine, others) = (Sums(), other.Sums());
        var (ofPositives, ofNegatives, ofBoth) = (0.0, 0.0, 0.0);
        var (withPositives, withNegatives, subjects) = (0, 0, 0);
        for (var i = 0; i < mine.Length; i++)
        {
            ref readonly var one = ref mine[i];
            ref readonly var two = ref others[i];
            ofPositives += one.Positive * two.Positive;
            ofNegatives += one.Negative * two.Negative;
            ofBoth += (one.Positive * two.Negative) + (one.Negative * two.Positive);
            withPositives += one.HasPositive ? 1 : 0;
            withNegatives += one.HasNegative ? 1 : 0;
            subjects += one.HasPositive || one.HasNegative ? 1 : 0;
        }
        double positives = _outcomes.Positives;
        double negatives = _outcomes.Negatives;
        return (Unbiased(withPositives) * ofPositives / positives / positives)
            + (Unbiased(withNegatives) * ofNegatives / negatives / negatives)
            + (ofBoth == 0 ? 0 : Unbiased(subjects) * ofBoth / positives / negatives);
    }

    private static double Unbiased(int subjects) => subjects > 1 ? subjects / (subjects - 1.0) : double.NaN;

    /// <summary>By subject the deviations of its rows, of those that it happened to and of those that it did not.</summary>
    private SubjectSum[] Sums()
    {
        var most = -1;
        for (var row = 0; row < _outcomes.Count; row++)
        {
            most = Math.Max(most, _outcomes.SubjectOf(row));
        }
        var sums = new SubjectSum[most + 1];
        for (var row = 0; row < _outcomes.Count; row++)
        {
            ref var sum = ref sums[_outcomes.SubjectOf(row)];
            if (_outcomes.Happened[row])
            {
                sum.HasPositive = true;
                sum.Positive += _deviations[row];
            }
            else
            {
                sum.HasNegative = true;
                sum.Negative += _deviations[row];
            }
        }
        return sums;
    }

    private struct SubjectSum
    {
        public bool HasPositive;
        public bool HasNegative;
        public double Positive;
        public double Negative;
    }
}
