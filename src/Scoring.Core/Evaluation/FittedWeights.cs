using System.Globalization;
using Scoring.Core.Models;

namespace Scoring.Core.Evaluation;

/// <summary>Weights of a model's terms that the first part of a past teaches: an L2-penalised logistic regression with signs that weights must have.</summary>
/// <remarks>
/// <para>
/// Terms are what they count before their weights (<see cref="TermModels"/>), in standard deviations, so that one penalty is for all. A term keeps the sign that its weight has; one of weight 0, and any with
/// <see cref="ProposalQuery.FreeSigns"/>, may have either. Which penalty is chosen by folds of customers (<see cref="RidgeChoice"/>).
/// </para>
/// <para>
/// A score has no constant, so a factor is all that is free between log-odds and points. It is the one that leaves the mean square of the points as it is, which is the square of their mean and their variance together:
/// weight = coefficient / deviation x sqrt(sum of (old points)² / sum of (coefficient / deviation x value)²), both sums over all rows and the terms that were fitted. Weights are rounded to four digits.
/// </para>
/// <para>
/// Caps of dimensions, floor, ceiling and adjustments are not in the fit. They hold where the weights are judged.
/// </para>
/// </remarks>
public sealed class FittedWeights
{
    /// <summary>How many outcomes of the rarer kind there must be for each weight: Peduzzi, Concato, Kemper, Holford and Feinstein, Journal of Clinical Epidemiology 49 (1996).</summary>
    public const int OutcomesPerWeight = 10;

    private readonly EvaluationPart _part;
    private readonly TermSpread[] _spreads;
    private readonly int[] _terms;

    private FittedWeights(
        ProposalQuery query,
        ScoringModel model,
        EvaluationPart part,
        CancellationToken cancellationToken
    )
    {
        (Model, _part) = (model, part);
        CutOffs = [.. EvaluatedCutOff.Of(query.First, part)];
        var isEmpty = part.CutOffs.All(rows => rows.Count == 0);
        _spreads = [.. model.Terms.Select((_, term) => isEmpty ? default : TermSpread.Of(part, term))];
        _terms = [.. Enumerable.Range(0, _spreads.Length).Where(term => _spreads[term].Deviation > 0)];
        Outcomes = FewerCustomers(part);
        NeededOutcomes = OutcomesPerWeight * Math.Max(_terms.Length, 1);
        if (Outcomes < NeededOutcomes)
        {
            Gaps = [ProposalGap.TooFewPerWeight];
            return;
        }
        var sample = TermSample.Of(
            part,
            query.Evaluation.HighScoresExpectIt,
            [.. _terms.Select(term => (term, _spreads[term]))]
        );
        SignConstraint[] signs =
        [
            .. _terms.Select(term => query.FreeSigns ? SignConstraint.None : SignOf(model.Terms[term])),
        ];
        Ridge = RidgeChoice.Of(sample, signs, cancellationToken);
        var coefficients = LogisticRegression.Fit(sample.Rows, sample.Good, Ridge.Value, signs).Weights;
        if (coefficients.All(coefficient => coefficient == 0))
        {
            Gaps = [ProposalGap.NothingTells];
            return;
        }
        Weights = WeightsOf(coefficients);
        Draft = model with
        {
            Version = 0,
            Terms = [.. model.Terms.Zip(Weights, (term, weight) => term with { Weight = weight.Weight })],
            UpdateTime = default,
            Change = null,
        };
    }

    /// <summary>The model whose weights they are to replace.</summary>
    public ScoringModel Model { get; }

    /// <summary>The model with the new weights; null where there are <see cref="Gaps"/>.</summary>
    public ScoringModel? Draft { get; }

    /// <summary>What came of each term; empty without a draft.</summary>
    public IReadOnlyList<ProposedWeight> Weights { get; } = [];

    /// <summary>The penalty that was chosen; null where nothing was fitted.</summary>
    public double? Ridge { get; }

    /// <summary>Why there is no draft.</summary>
    public IReadOnlyList<ProposalGap> Gaps { get; } = [];

    /// <summary>How many customers of the first part are of the rarer kind: those that it happened to, or those that it did not happen to.</summary>
    public int Outcomes { get; }

    /// <summary>How many there must be.</summary>
    public int NeededOutcomes { get; }

    /// <summary>Who was looked at in the first part, by cut-off.</summary>
    public IReadOnlyList<EvaluatedCutOff> CutOffs { get; }

    /// <summary>The models that the second part judges: the draft, if there is one, and the model.</summary>
    public IReadOnlyList<ScoringModel> Judged => Draft is null ? [Model] : [Draft, Model];

    /// <summary>Fits weights.</summary>
    /// <param name="query">The query.</param>
    /// <param name="model">The model.</param>
    /// <param name="part">The customers at the cut-offs of the first part, scored by <see cref="TermModels"/>.</param>
    /// <param name="cancellationToken">Stops the work.</param>
    public static FittedWeights Of(
        ProposalQuery query,
        ScoringModel model,
        EvaluationPart part,
        CancellationToken cancellationToken
    ) => new(query, model, part, cancellationToken);

    private static int FewerCustomers(EvaluationPart part)
    {
        var (happened, didNot) = (new HashSet<int>(), new HashSet<int>());
        foreach (var rows in part.CutOffs)
        {
            for (var i = 0; i < rows.Count; i++)
            {
                (rows.WaitOf(i) is null ? didNot : happened).Add(rows.Customers[i]);
            }
        }
        return Math.Min(happened.Count, didNot.Count);
    }

    private static SignConstraint SignOf(Term term) =>
        term.Weight > 0 ? SignConstraint.NonNegative
        : term.Weight < 0 ? SignConstraint.NonPositive
        : SignConstraint.None;

    private ProposedWeight[] WeightsOf(IReadOnlyList<double> coefficients)
    {
        var fitted = new double[_spreads.Length];
        for (var i = 0; i < _terms.Length; i++)
        {
            fitted[_terms[i]] = coefficients[i];
        }
        double[] slopes =
        [
            .. fitted.Select((coefficient, term) => coefficient == 0 ? 0 : coefficient / _spreads[term].Deviation),
        ];
        var (old, drawn) = (SquaresBy(term => Model.Terms[term].Weight), SquaresBy(term => slopes[term]));
        // Of a model that scores nothing there is no scale to keep.
        var factor = old > 0 && drawn > 0 ? Math.Sqrt(old / drawn) : 1;
        return
        [
            .. Model.Terms.Select(
                (term, i) =>
                    _spreads[i].Deviation == 0 ? new(ProposedWeightKind.Kept, term.Weight, term.Weight, 0, 0)
                    : fitted[i] == 0 ? new(ProposedWeightKind.Dropped, term.Weight, 0, 0, _spreads[i].Deviation)
                    : new ProposedWeight(
                        ProposedWeightKind.Fitted,
                        term.Weight,
                        Math.Clamp(Rounded(slopes[i] * factor), -Limits.Value, Limits.Value),
                        fitted[i],
                        _spreads[i].Deviation
                    )
            ),
        ];
    }

    /// <summary>The sum, over all rows, of the squares of the points that the fitted terms bring with some weights.</summary>
    private double SquaresBy(Func<int, double> weightOf)
    {
        double[] weights = [.. _terms.Select(weightOf)];
        var squares = 0.0;
        foreach (var rows in _part.CutOffs)
        {
            IReadOnlyList<double>[] values = [.. _terms.Select(rows.ScoresBy)];
            for (var i = 0; i < rows.Count; i++)
            {
                var points = 0.0;
                for (var term = 0; term < weights.Length; term++)
                {
                    points += weights[term] * values[term][i];
                }
                squares += points * points;
            }
        }
        return squares;
    }

    private static double Rounded(double weight) =>
        double.Parse(weight.ToString("E3", CultureInfo.InvariantCulture), CultureInfo.InvariantCulture);
}
