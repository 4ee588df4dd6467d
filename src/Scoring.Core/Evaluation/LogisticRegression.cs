namespace Scoring.Core.Evaluation;

/// <summary>Fits a <see cref="LogisticModel"/> with a penalty on large weights and with signs that weights must have.</summary>
/// <remarks>
/// <para>
/// It finds the least of: sum of log-losses + ridge / 2 x sum of squared weights, over all weights that meet their constraints. The intercept is neither penalised nor constrained.
/// </para>
/// <para>
/// That function is convex, and strictly so with a ridge above 0, so there is one least. Each step puts the quadratic of Newton's method in its place, minimises that within the
/// constraints one coordinate after the other (as in Friedman, Hastie and Tibshirani, Journal of Statistical Software 33, 2010), and halves the step until it goes down.
/// </para>
/// </remarks>
public static class LogisticRegression
{
    private const int MostSteps = 100;
    private const int MostSweeps = 10_000;
    private const double Close = 1e-11;

    /// <summary>Fits weights.</summary>
    /// <param name="rows">The features of each row, all finite; best of about the same spread, since one penalty is for all.</param>
    /// <param name="happened">Which rows it happened to.</param>
    /// <param name="ridge">How strongly large weights are penalised, 0 or more. With 0 they grow without end where features tell the two kinds apart.</param>
    /// <param name="signs">The constraint of each weight.</param>
    /// <exception cref="ArgumentException">There are no rows, or rows, outcomes and constraints do not fit each other.</exception>
    public static LogisticModel Fit(
        IReadOnlyList<double[]> rows,
        IReadOnlyList<bool> happened,
        double ridge,
        IReadOnlyList<SignConstraint> signs
    )
    {
        ArgumentOutOfRangeException.ThrowIfNegative(ridge);
        if (rows.Count == 0 || rows.Count != happened.Count || rows.Any(row => row.Length != signs.Count))
        {
            throw new ArgumentException(
                "There is an outcome for each row, and a constraint for each feature.",
                nameof(rows)
            );
        }
        // The last place is the intercept's.
        var weights = new double[signs.Count + 1];
        weights[^1] = LogOddsOf(happened);
        var loss = Loss(rows, happened, ridge, weights);
        for (var step = 0; step < MostSteps; step++)
        {
            var (gradient, curvature) = Derivatives(rows, happened, ridge, weights);
            var direction = MinimiseQuadratic(weights, gradient, curvature, signs);
            if (!GoDown(rows, happened, ridge, weights, direction, ref loss))
            {
                break;
            }
        }
        return new(weights[^1], weights[..^1]);
    }

    private static double LogOddsOf(IReadOnlyList<bool> happened)
    {
        // Half a row of each kind more: all of one kind would be infinite.
        var positives = happened.Count(did => did) + 0.5;
        return Math.Log(positives / (happened.Count + 1 - positives));
    }

    private static double Loss(
        IReadOnlyList<double[]> rows,
        IReadOnlyList<bool> happened,
        double ridge,
        double[] weights
    )
    {
        var loss = 0.0;
        for (var i = 0; i < rows.Count; i++)
        {
            var odds = LogOdds(rows[i], weights);
            loss += LogisticModel.SoftPlus(happened[i] ? -odds : odds);
        }
        for (var j = 0; j < weights.Length - 1; j++)
        {
            loss += ridge / 2 * weights[j] * weights[j];
        }
        return loss;
    }

    private static (double[] Gradient, double[,] Curvature) Derivatives(
        IReadOnlyList<double[]> rows,
        IReadOnlyList<bool> happened,
        double ridge,
        double[] weights
    )
    {
        var size = weights.Length;
        var (gradient, curvature) = (new double[size], new double[size, size]);
        for (var i = 0; i < rows.Count; i++)
        {
            var row = rows[i];
            var p = LogisticModel.Sigmoid(LogOdds(row, weights));
            var (slope, bend) = (p - (happened[i] ? 1 : 0), p * (1 - p));
            for (var j = 0; j < size; j++)
            {
                var x = At(row, j);
                gradient[j] += slope * x;
                for (var k = 0; k <= j; k++)
                {
                    curvature[j, k] += bend * x * At(row, k);
                }
            }
        }
        for (var j = 0; j < size; j++)
        {
            var penalty = j < size - 1 ? ridge : 0;
            gradient[j] += penalty * weights[j];
            curvature[j, j] += penalty;
            for (var k = 0; k < j; k++)
            {
                curvature[k, j] = curvature[j, k];
            }
        }
        return (gradient, curvature);
    }

    /// <summary>The step to the least of gradient · step + step · curvature · step / 2 within the constraints.</summary>
    private static double[] MinimiseQuadratic(
        double[] weights,
        double[] gradient,
        double[,] curvature,
        IReadOnlyList<SignConstraint> signs
    )
    {
        var step = new double[weights.Length];
        var slope = (double[])gradient.Clone();
        for (var sweep = 0; sweep < MostSweeps; sweep++)
        {
            var moved = 0.0;
            for (var j = 0; j < step.Length; j++)
            {
                if (!(curvature[j, j] > 0))
                {
                    continue;
                }
                var wanted = weights[j] + step[j] - (slope[j] / curvature[j, j]);
                var change = Allowed(wanted, j < signs.Count ? signs[j] : SignConstraint.None) - weights[j] - step[j];
                step[j] += change;
                for (var k = 0; change != 0 && k < step.Length; k++)
                {
                    slope[k] += change * curvature[k, j];
                }
                moved = Math.Max(moved, Math.Abs(change) / (1 + Math.Abs(weights[j] + step[j])));
            }
            if (moved < Close)
            {
                break;
            }
        }
        return step;
    }

    /// <summary>Takes the longest of the step, its half, its quarter ... that goes down; false when none does.</summary>
    private static bool GoDown(
        IReadOnlyList<double[]> rows,
        IReadOnlyList<bool> happened,
        double ridge,
        double[] weights,
        double[] step,
        ref double loss
    )
    {
        if (step.Zip(weights).All(pair => Math.Abs(pair.First) <= Close * (1 + Math.Abs(pair.Second))))
        {
            return false;
        }
        for (var share = 1.0; share > Close; share /= 2)
        {
            double[] tried = [.. weights.Zip(step, (weight, change) => weight + (share * change))];
            if (Loss(rows, happened, ridge, tried) is var reached && reached < loss)
            {
                tried.CopyTo(weights, 0);
                loss = reached;
                return true;
            }
        }
        return false;
    }

    private static double Allowed(double weight, SignConstraint sign) =>
        sign switch
        {
            SignConstraint.NonNegative => Math.Max(weight, 0),
            SignConstraint.NonPositive => Math.Min(weight, 0),
            _ => weight,
        };

    private static double LogOdds(double[] row, double[] weights)
    {
        var odds = weights[^1];
        for (var j = 0; j < row.Length; j++)
        {
            odds += row[j] * weights[j];
        }
        return odds;
    }

    private static double At(double[] row, int place) => place < row.Length ? row[place] : 1;
}
