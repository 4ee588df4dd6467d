namespace Scoring.Core.Evaluation;

/// <summary>Rows to fit weights by: what terms counted, in deviations from the mean, and whether what high scores expect came of it.</summary>
/// <remarks>
/// Of either kind there are 20,000 rows at most, evenly taken: what is left out of one kind moves the intercept of a logistic regression and no weight (Prentice and Pyke, Biometrika 66, 1979).
/// </remarks>
/// <param name="Rows">The values.</param>
/// <param name="Good">Whether what high scores expect came of it.</param>
/// <param name="Folds">The fold of each row; those of one customer are in one.</param>
internal sealed record TermSample(double[][] Rows, bool[] Good, int[] Folds)
{
    /// <summary>How many folds customers are dealt out to.</summary>
    public const int FoldCount = 5;

    private const int MostOfEachKind = 20_000;

    /// <summary>Takes a sample.</summary>
    /// <param name="part">All rows.</param>
    /// <param name="highScoresExpectIt">Whether high scores expect that it happens.</param>
    /// <param name="terms">The places of the terms that have a spread, and their spreads.</param>
    public static TermSample Of(
        EvaluationPart part,
        bool highScoresExpectIt,
        IReadOnlyList<(int Term, TermSpread Spread)> terms
    )
    {
        var happened = part.CutOffs.Sum(rows => rows.Happened);
        var (ofHappened, ofOthers) = (StepOf(happened), StepOf(part.CutOffs.Sum(rows => rows.Count) - happened));
        var folds = FoldsOf(part);
        var (values, good, foldOf) = (new List<double[]>(), new List<bool>(), new List<int>());
        var (passedHappened, passedOthers) = (0, 0);
        foreach (var rows in part.CutOffs)
        {
            for (var i = 0; i < rows.Count; i++)
            {
                var did = rows.WaitOf(i) is not null;
                if ((did ? passedHappened++ % ofHappened : passedOthers++ % ofOthers) != 0)
                {
                    continue;
                }
                values.Add([.. terms.Select(of => of.Spread.In(rows.ScoresBy(of.Term)[i]))]);
                good.Add(did == highScoresExpectIt);
                foldOf.Add(folds[rows.Customers[i]]);
            }
        }
        return new([.. values], [.. good], [.. foldOf]);
    }

    /// <summary>The rows that are in a fold, or those that are not.</summary>
    public TermSample Part(int fold, bool inside)
    {
        int[] places = [.. Enumerable.Range(0, Rows.Length).Where(i => Folds[i] == fold == inside)];
        return new(
            Array.ConvertAll(places, i => Rows[i]),
            Array.ConvertAll(places, i => Good[i]),
            Array.ConvertAll(places, i => Folds[i])
        );
    }

    private static int StepOf(int rows) => Math.Max((rows + MostOfEachKind - 1) / MostOfEachKind, 1);

    /// <summary>Deals customers out in the order in which they come, those that it happened to apart from the others: so each fold has some of both, and customers who are in no row change nothing.</summary>
    private static Dictionary<int, int> FoldsOf(EvaluationPart part)
    {
        var happened = new HashSet<int>();
        foreach (var rows in part.CutOffs)
        {
            happened.UnionWith(
                Enumerable.Range(0, rows.Count).Where(i => rows.WaitOf(i) is not null).Select(i => rows.Customers[i])
            );
        }
        var (folds, ofHappened, ofOthers) = (new Dictionary<int, int>(), 0, 0);
        foreach (var customer in part.CutOffs.SelectMany(rows => rows.Customers))
        {
            if (!folds.ContainsKey(customer))
            {
                folds[customer] = (happened.Contains(customer) ? ofHappened++ : ofOthers++) % FoldCount;
            }
        }
        return folds;
    }
}
