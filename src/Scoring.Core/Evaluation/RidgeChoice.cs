namespace Scoring.Core.Evaluation;

/// <summary>Chooses how strongly <see cref="LogisticRegression"/> penalises large weights: by what has the least log-loss on customers that it was not fitted by.</summary>
internal static class RidgeChoice
{
    /// <summary>The penalties that are tried, the strongest first: 10,000, 3,162, 1,000 ... 0.1.</summary>
    public static IReadOnlyList<double> Tried { get; } =
    [.. Enumerable.Range(0, 11).Select(step => Math.Pow(10, 4 - (step / 2.0)))];

    /// <summary>The best penalty, the stronger of two that are alike.</summary>
    /// <param name="sample">Rows in folds.</param>
    /// <param name="signs">The constraint of each weight.</param>
    /// <param name="cancellationToken">Stops between fits.</param>
    public static double Of(TermSample sample, IReadOnlyList<SignConstraint> signs, CancellationToken cancellationToken)
    {
        var losses = new double[Tried.Count];
        for (var fold = 0; fold < TermSample.FoldCount; fold++)
        {
            var (others, inside) = (sample.Part(fold, inside: false), sample.Part(fold, inside: true));
            for (var i = 0; i < losses.Length && others.Rows.Length > 0; i++)
            {
                cancellationToken.ThrowIfCancellationRequested();
                losses[i] += Loss(LogisticRegression.Fit(others.Rows, others.Good, Tried[i], signs), inside);
            }
        }
        return Tried[Array.IndexOf(losses, losses.Min())];
    }

    private static double Loss(LogisticModel model, TermSample sample) =>
        sample
            .Rows.Zip(sample.Good)
            .Sum(row => LogisticModel.SoftPlus(row.Second ? -model.LogOdds(row.First) : model.LogOdds(row.First)));
}
