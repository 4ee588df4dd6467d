using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using Scoring.Core.Facts;
using Scoring.Core.Models;

namespace Scoring.Core.Populations;

/// <summary>A model in the numbers of one schema.</summary>
/// <remarks>
/// <para>
/// All customers decay by a common factor, so the points of all uncapped terms of one half-life collapse into one number per customer,
/// U = sum of weight x sum, read as factor x U. A capped term is not linear and keeps a number of its own. A customer's
/// <em>columns</em> are these numbers: one per sum of the schema (lifetime, then the half-lives), then one per capped term.
/// </para>
/// <para>An event type that was never recorded has no number; a model must be compiled again when one that it names gets one.</para>
/// </remarks>
internal sealed class CompiledModel
{
    /// <summary>
    /// Fewer points than this, of either sign, are none: what has decayed away neither leaves a customer at risk for ever, nor can
    /// it depend on where a sum underflows.
    /// </summary>
    private const double Negligible = 1e-12;

    private readonly CappedTerm[] _capped;
    private readonly int _groups;

    // Weights of the uncapped terms, event type by event type, one for each sum.
    private readonly double[] _countWeights;
    private readonly double[] _valueWeights;

    // By event type: whether a capped term names it.
    private readonly bool[] _isCapped;

    public CompiledModel(ScoringModel model, FactsSchema schema)
    {
        Model = model;
        _groups = schema.SumsPerSeries;
        Terms =
        [
            .. model.Terms.Select(t => new CompiledTerm(t, schema.EventTypes.Find(t.EventType), SumOf(t, schema))),
        ];
        _capped =
        [
            .. Terms
                .Where(t => t.Term.Cap is not null)
                .Select(t => new CappedTerm(t.EventType, t.Term.Measure, t.Sum, t.Term)),
        ];
        var types = Terms.Max(t => t.EventType) + 1;
        _countWeights = Weights(Measure.Count, types);
        _valueWeights = Weights(Measure.Value, types);
        _isCapped = new bool[types];
        foreach (var term in _capped.Where(t => t.EventType >= 0))
        {
            _isCapped[term.EventType] = true;
        }
    }

    public ScoringModel Model { get; }

    /// <summary>The terms of the model, in its order.</summary>
    public IReadOnlyList<CompiledTerm> Terms { get; }

    /// <summary>Numbers per customer.</summary>
    public int Columns => _groups + _capped.Length;

    /// <summary>Whether the model names an event type.</summary>
    public bool Names(string eventType) => Terms.Any(t => t.Term.EventType == eventType);

    /// <summary>Place among a schema's sums of the half-life that a column decays with; 0 for none.</summary>
    public int SumOfColumn(int column) => column < _groups ? column : _capped[column - _groups].Sum;

    /// <summary>A customer's columns, to the landmarks of its facts.</summary>
    public void Project(FactsView facts, Span<double> columns)
    {
        columns.Clear();
        var words = facts.SeriesWords;
        for (var at = 0; at < words.Length; at += _groups)
        {
            var (type, hasValue, count) = FactsView.CountOf(words[at]);
            var standsForValue = !hasValue;
            if (type < _isCapped.Length)
            {
                AddSeries(type, isCount: true, standsForValue, count, words.Slice(at + 1, _groups - 1), columns);
            }
            if (!hasValue)
            {
                continue;
            }
            at += _groups;
            if (type < _isCapped.Length)
            {
                var value = BitConverter.UInt64BitsToDouble(words[at]);
                AddSeries(type, isCount: false, standsForValue: true, value, words.Slice(at + 1, _groups - 1), columns);
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

    /// <summary>The scores of customers, four at a time: the same operations in the same order as for one, so the same bits.</summary>
    /// <param name="columns">For four customers the first column of each, then the second and so on; then those of the next four.</param>
    /// <param name="factors">For each sum of the schema, what it is multiplied by to be read at the instant.</param>
    /// <param name="scores">Gets the scores; a multiple of four.</param>
    public void Scores(ReadOnlySpan<double> columns, ReadOnlySpan<double> factors, Span<double> scores)
    {
        const int together = 4;
        if (columns.Length < scores.Length * Columns || factors.Length != _groups)
        {
            throw new ArgumentException("There are fewer columns than scores take.", nameof(columns));
        }
        // What is read and written lies within what has just been checked.
        ref var value = ref MemoryMarshal.GetReference(columns);
        ref var score = ref MemoryMarshal.GetReference(scores);
        var capped = _capped.AsSpan();
        var target = Vector256.Create(Model.TargetPoints);
        for (var row = 0; row <= scores.Length - together; row += together)
        {
            var points = Vector256<double>.Zero;
            foreach (ref readonly var factor in factors)
            {
                points += Vector256.LoadUnsafe(ref value) * factor;
                value = ref Unsafe.Add(ref value, together);
            }
            foreach (ref readonly var term in capped)
            {
                var quantity = Vector256.LoadUnsafe(ref value) * factors[term.Sum];
                value = ref Unsafe.Add(ref value, together);
                var (least, most) = (Vector256.Create(-term.Cap), Vector256.Create(term.Cap));
                points += Vector256.MinNative(Vector256.MaxNative(quantity, least), most) * term.Weight;
            }
            var none = Vector256.LessThan(Vector256.Abs(points), Vector256.Create(Negligible));
            points = Vector256.AndNot(points, none) * 100 / target;
            points.StoreUnsafe(ref score);
            score = ref Unsafe.Add(ref score, together);
        }
    }

    private void AddSeries(
        int type,
        bool isCount,
        bool standsForValue,
        double lifetime,
        ReadOnlySpan<ulong> decayed,
        Span<double> columns
    )
    {
        if (isCount)
        {
            AddWeighted(_countWeights.AsSpan(type * _groups, _groups), lifetime, decayed, columns);
        }
        if (standsForValue && _valueWeights.Length > 0)
        {
            AddWeighted(_valueWeights.AsSpan(type * _groups, _groups), lifetime, decayed, columns);
        }
        if (!_isCapped[type])
        {
            return;
        }
        for (var i = 0; i < _capped.Length; i++)
        {
            ref readonly var term = ref _capped[i];
            if (term.EventType == type && (term.Measure == Measure.Count ? isCount : standsForValue))
            {
                columns[_groups + i] =
                    term.Sum == 0 ? lifetime : BitConverter.UInt64BitsToDouble(decayed[term.Sum - 1]);
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void AddWeighted(
        ReadOnlySpan<double> weights,
        double lifetime,
        ReadOnlySpan<ulong> decayed,
        Span<double> columns
    )
    {
        columns[0] += weights[0] * lifetime;
        for (var i = 0; i < decayed.Length; i++)
        {
            columns[1 + i] += weights[1 + i] * BitConverter.UInt64BitsToDouble(decayed[i]);
        }
    }

    private static int SumOf(Term term, FactsSchema schema) =>
        schema.SumOf(term.HalfLifeDays) is var sum and >= 0
            ? sum
            : throw new ArgumentException(
                $"The workspace keeps no half-life of {term.HalfLifeDays} days.",
                nameof(term)
            );

    /// <summary>Weights by event type and sum; none at all when no term is of the measure.</summary>
    private double[] Weights(Measure measure, int types)
    {
        var terms = Terms.Where(t => t.Term.Measure == measure && t.Term.Cap is null && t.EventType >= 0).ToList();
        var weights = new double[measure == Measure.Value && terms.Count == 0 ? 0 : types * _groups];
        foreach (var term in terms)
        {
            weights[(term.EventType * _groups) + term.Sum] = term.Term.Weight;
        }
        return weights;
    }

    private readonly record struct CappedTerm(int EventType, Measure Measure, int Sum, Term Term)
    {
        public double Cap { get; } = Term.Cap.GetValueOrDefault();

        public double Weight { get; } = Term.Weight;
    }
}
