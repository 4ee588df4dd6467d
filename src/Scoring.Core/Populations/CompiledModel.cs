using Scoring.Core.Facts;
using Scoring.Core.Models;

namespace Scoring.Core.Populations;

/// <summary>A model in the numbers of one schema.</summary>
/// <remarks>
/// All customers decay by a common factor, so the points of all uncapped terms of one half-life collapse into one number per customer,
/// U = sum of weight x sum, read as factor x U. A capped term is not linear and keeps a number of its own. A customer's
/// <em>columns</em> are these numbers: one per sum of the schema (lifetime, then the half-lives), then one per capped term.
/// </remarks>
internal sealed class CompiledModel
{
    /// <summary>
    /// Fewer points than this, of either sign, are none: what has decayed away neither leaves a customer at risk for ever, nor can
    /// it depend on where a sum underflows.
    /// </summary>
    private const double Negligible = 1e-12;

    private readonly FactsSchema _schema;
    private readonly double[][] _countWeights;
    private readonly double[][] _valueWeights;
    private readonly CappedTerm[] _capped;
    private readonly int _groups;

    public CompiledModel(ScoringModel model, FactsSchema schema)
    {
        Model = model;
        _schema = schema;
        _groups = schema.SumsPerSeries;
        Terms = [.. model.Terms.Select(term => new CompiledTerm(term, EventType(term), SumOf(term)))];
        _capped =
        [
            .. Terms
                .Where(t => t.Term.Cap is not null)
                .Select(t => new CappedTerm(t.EventType, t.Term.Measure, t.Sum, t.Term)),
        ];
        _countWeights = Weights(Measure.Count);
        _valueWeights = Weights(Measure.Value);
    }

    public ScoringModel Model { get; }

    /// <summary>The terms of the model, in its order.</summary>
    public IReadOnlyList<CompiledTerm> Terms { get; }

    /// <summary>Numbers per customer.</summary>
    public int Columns => _groups + _capped.Length;

    /// <summary>Place among a schema's sums of the half-life that a column decays with; 0 for none.</summary>
    public int SumOfColumn(int column) => column < _groups ? column : _capped[column - _groups].Sum;

    /// <summary>A customer's columns, to the landmarks of its facts.</summary>
    public void Project(CustomerFacts facts, Span<double> columns)
    {
        columns.Clear();
        var series = facts.Series(_schema);
        while (series.MoveNext())
        {
            var type = series.EventType;
            if (series.IsCount)
            {
                AddWeighted(_countWeights, type, series.Sums, columns);
            }
            if (series.StandsForValue)
            {
                AddWeighted(_valueWeights, type, series.Sums, columns);
            }
            for (var i = 0; i < _capped.Length; i++)
            {
                var term = _capped[i];
                if (term.EventType == type && (term.Measure == Measure.Count ? series.IsCount : series.StandsForValue))
                {
                    columns[_groups + i] = series.Sums[term.Sum];
                }
            }
        }
    }

    /// <summary>The points of a customer's columns.</summary>
    /// <param name="columns">The columns.</param>
    /// <param name="factors">For each sum of the schema, what it is multiplied by to be read at the instant.</param>
    public double Points(ReadOnlySpan<double> columns, ReadOnlySpan<double> factors)
    {
        var points = 0.0;
        for (var i = 0; i < _groups; i++)
        {
            points += columns[i] * factors[i];
        }
        for (var i = 0; i < _capped.Length; i++)
        {
            points += _capped[i].Term.Points(columns[_groups + i] * factors[_capped[i].Sum]);
        }
        return Math.Abs(points) < Negligible ? 0 : points;
    }

    private static void AddWeighted(double[][] weights, int type, ReadOnlySpan<double> sums, Span<double> columns)
    {
        for (var group = 0; group < weights.Length; group++)
        {
            // A type that came after the model was compiled has no weight in it.
            if (type < weights[group].Length)
            {
                columns[group] += weights[group][type] * sums[group];
            }
        }
    }

    private int EventType(Term term) => _schema.EventTypes.Intern(term.EventType);

    private int SumOf(Term term) =>
        _schema.SumOf(term.HalfLifeDays) is var sum and >= 0
            ? sum
            : throw new ArgumentException(
                $"The workspace keeps no half-life of {term.HalfLifeDays} days.",
                nameof(term)
            );

    private double[][] Weights(Measure measure)
    {
        var weights = new double[_groups][];
        for (var group = 0; group < _groups; group++)
        {
            var terms = Terms.Where(t => t.Sum == group && t.Term.Measure == measure && t.Term.Cap is null).ToList();
            weights[group] = terms.Count == 0 ? [] : new double[terms.Max(t => t.EventType) + 1];
            foreach (var term in terms)
            {
                weights[group][term.EventType] = term.Term.Weight;
            }
        }
        return weights;
    }

    private readonly record struct CappedTerm(int EventType, Measure Measure, int Sum, Term Term);
}
