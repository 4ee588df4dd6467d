using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using Scoring.Core.Facts;
using Scoring.Core.Models;

namespace Scoring.Core.Populations;

/// <summary>A model in the numbers of one schema.</summary>
/// <remarks>
/// <para>
/// All customers decay by a common factor, so while no cap limits a customer's quantities the points of all terms of one half-life
/// collapse into one number, U = sum of weight x sum, read as factor x U. Whether a cap does is known from one number more for each
/// half-life: R, the greatest of quantity / cap, as long as factor x R is at most 1.
/// </para>
/// <para>
/// A customer's <em>columns</em> are these numbers. <em>Near</em> ones are all that most customers are scored by: U for each sum of the
/// schema that a term uses, R for each that a capped term uses. <em>Far</em> ones are looked at for customers whom a cap limits: U of
/// the uncapped terms alone, for each sum that one uses, and the quantity of each capped term. Without caps there are none.
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

    private const int RowsTogether = 4;

    private readonly int _groups;
    private readonly int[] _sumsUsed;
    private readonly int[] _sumsCapped;

    // The far columns: sums of uncapped terms, which have no cap and the weight 1, before capped terms.
    private readonly int[] _farSums;
    private readonly double[] _caps;
    private readonly double[] _weights;
    private readonly Measure[] _measures;
    private readonly int _uncapped;

    // Weights of the uncapped terms, event type by event type, one for each sum.
    private readonly double[] _countWeights;
    private readonly double[] _valueWeights;

    // By event type: the far columns of the capped terms that name it.
    private readonly int[][] _cappedOf;

    public CompiledModel(ScoringModel model, FactsSchema schema)
    {
        Model = model;
        _groups = schema.SumsPerSeries;
        Terms =
        [
            .. model.Terms.Select(t => new CompiledTerm(t, schema.EventTypes.Find(t.EventType), SumOf(t, schema))),
        ];
        CompiledTerm[] capped = [.. Terms.Where(t => t.Term.Cap is not null)];
        _sumsUsed = [.. Terms.Select(t => t.Sum).Distinct().Order()];
        _sumsCapped = [.. capped.Select(t => t.Sum).Distinct().Order()];
        int[] apart =
            capped.Length == 0 ? [] : [.. Terms.Where(t => t.Term.Cap is null).Select(t => t.Sum).Distinct().Order()];
        _uncapped = apart.Length;
        _farSums = [.. apart, .. capped.Select(t => t.Sum)];
        _caps = [.. apart.Select(_ => double.PositiveInfinity), .. capped.Select(t => t.Term.Cap!.Value)];
        _weights = [.. apart.Select(_ => 1.0), .. capped.Select(t => t.Term.Weight)];
        _measures = [.. apart.Select(_ => Measure.Count), .. capped.Select(t => t.Term.Measure)];
        var types = Terms.Max(t => t.EventType) + 1;
        _countWeights = Weights(Measure.Count, types);
        _valueWeights = Weights(Measure.Value, types);
        _cappedOf = new int[types][];
        for (var type = 0; type < types; type++)
        {
            _cappedOf[type] =
            [
                .. Enumerable
                    .Range(0, capped.Length)
                    .Where(i => capped[i].EventType == type)
                    .Select(i => _uncapped + i),
            ];
        }
    }

    public ScoringModel Model { get; }

    /// <summary>The terms of the model, in its order.</summary>
    public IReadOnlyList<CompiledTerm> Terms { get; }

    /// <summary>Numbers per customer that every score takes.</summary>
    public int NearColumns => _sumsUsed.Length + _sumsCapped.Length;

    /// <summary>Numbers per customer that scores take which a cap limits.</summary>
    public int FarColumns => _farSums.Length;

    /// <summary>Numbers per customer, the near ones first.</summary>
    public int Columns => NearColumns + FarColumns;

    /// <summary>Whether the model names an event type.</summary>
    public bool Names(string eventType) => Terms.Any(t => t.Term.EventType == eventType);

    /// <summary>Place among a schema's sums of the half-life that a column decays with; 0 for none.</summary>
    public int SumOfColumn(int column) =>
        column >= NearColumns ? _farSums[column - NearColumns]
        : column >= _sumsUsed.Length ? _sumsCapped[column - _sumsUsed.Length]
        : _sumsUsed[column];

    /// <summary>A customer's columns, to the landmarks of its facts.</summary>
    public void Project(FactsView facts, Span<double> columns)
    {
        columns.Clear();
        Span<double> sums = stackalloc double[_groups];
        sums.Clear();
        var far = columns[NearColumns..];
        var words = facts.SeriesWords;
        for (var at = 0; at < words.Length; at += _groups)
        {
            var (type, hasValue, count) = FactsView.CountOf(words[at]);
            var standsForValue = !hasValue;
            if (type < _cappedOf.Length)
            {
                var decayed = words.Slice(at + 1, _groups - 1);
                AddSeries(type, isCount: true, standsForValue, count, decayed, sums, far);
            }
            if (!hasValue)
            {
                continue;
            }
            at += _groups;
            if (type < _cappedOf.Length)
            {
                var value = BitConverter.UInt64BitsToDouble(words[at]);
                var decayed = words.Slice(at + 1, _groups - 1);
                AddSeries(type, isCount: false, standsForValue: true, value, decayed, sums, far);
            }
        }
        for (var i = 0; i < _uncapped; i++)
        {
            far[i] = sums[_farSums[i]];
        }
        Collapse(sums, far, columns);
    }

    /// <summary>The points of a customer's columns.</summary>
    /// <param name="near">The near columns.</param>
    /// <param name="far">The far columns.</param>
    /// <param name="factors">For each sum of the schema, what it is multiplied by to be read at the instant.</param>
    public double Points(ReadOnlySpan<double> near, ReadOnlySpan<double> far, ReadOnlySpan<double> factors)
    {
        var points = 0.0;
        for (var i = 0; i < _sumsUsed.Length; i++)
        {
            points += near[i] * factors[_sumsUsed[i]];
        }
        for (var i = 0; i < _sumsCapped.Length; i++)
        {
            // Nor may it be no number.
            if (!(near[_sumsUsed.Length + i] * factors[_sumsCapped[i]] <= 1))
            {
                Span<double> farFactors = stackalloc double[FarColumns];
                SetFarFactors(factors, farFactors);
                return Limited(far, farFactors);
            }
        }
        return Math.Abs(points) < Negligible ? 0 : points;
    }

    /// <summary>The scores of customers, four at a time: the same operations in the same order as for one, so the same bits.</summary>
    /// <param name="near">For four customers the first near column of each, then the second and so on; then those of the next four.</param>
    /// <param name="far">The far columns of each customer.</param>
    /// <param name="factors">For each sum of the schema, what it is multiplied by to be read at the instant.</param>
    /// <param name="scores">Gets the scores; a multiple of four.</param>
    public void Scores(
        ReadOnlySpan<double> near,
        ReadOnlySpan<double> far,
        ReadOnlySpan<double> factors,
        Span<double> scores
    )
    {
        if (near.Length < scores.Length * NearColumns || factors.Length != _groups)
        {
            throw new ArgumentException("There are fewer columns than scores take.", nameof(near));
        }
        Span<double> farFactors = stackalloc double[FarColumns];
        SetFarFactors(factors, farFactors);
        // What is read and written lies within what has just been checked.
        ref var value = ref MemoryMarshal.GetReference(near);
        ref var score = ref MemoryMarshal.GetReference(scores);
        var target = Vector256.Create(Model.TargetPoints);
        for (var row = 0; row <= scores.Length - RowsTogether; row += RowsTogether)
        {
            var points = Vector256<double>.Zero;
            foreach (var sum in _sumsUsed)
            {
                points += Vector256.LoadUnsafe(ref value) * factors[sum];
                value = ref Unsafe.Add(ref value, RowsTogether);
            }
            var unlimited = Vector256<double>.AllBitsSet;
            foreach (var sum in _sumsCapped)
            {
                unlimited &= Vector256.LessThanOrEqual(
                    Vector256.LoadUnsafe(ref value) * factors[sum],
                    Vector256<double>.One
                );
                value = ref Unsafe.Add(ref value, RowsTogether);
            }
            var none = Vector256.LessThan(Vector256.Abs(points), Vector256.Create(Negligible));
            points = Vector256.AndNot(points, none) * 100 / target;
            points.StoreUnsafe(ref score);
            for (var limited = ~unlimited.ExtractMostSignificantBits() & 0xF; limited != 0; limited &= limited - 1)
            {
                var lane = BitOperations.TrailingZeroCount(limited);
                var columns = far.Slice((row + lane) * FarColumns, FarColumns);
                Unsafe.Add(ref score, lane) = Model.Score(Limited(columns, farFactors));
            }
            score = ref Unsafe.Add(ref score, RowsTogether);
        }
    }

    private void SetFarFactors(ReadOnlySpan<double> factors, Span<double> farFactors)
    {
        for (var i = 0; i < farFactors.Length; i++)
        {
            farFactors[i] = factors[_farSums[i]];
        }
    }

    /// <summary>The points of a customer whom a cap limits.</summary>
    private double Limited(ReadOnlySpan<double> far, ReadOnlySpan<double> factors)
    {
        var four = Vector256<double>.Zero;
        var i = 0;
        for (; i <= far.Length - Vector256<double>.Count; i += Vector256<double>.Count)
        {
            var quantities = Vector256.Create(far[i..]) * Vector256.Create(factors[i..]);
            var caps = Vector256.Create(_caps.AsSpan(i));
            four +=
                Vector256.MinNative(Vector256.MaxNative(quantities, -caps), caps)
                * Vector256.Create(_weights.AsSpan(i));
        }
        var points = Vector256.Sum(four);
        for (; i < far.Length; i++)
        {
            points += Math.Clamp(far[i] * factors[i], -_caps[i], _caps[i]) * _weights[i];
        }
        return Math.Abs(points) < Negligible ? 0 : points;
    }

    /// <summary>Sets the near columns.</summary>
    /// <param name="sums">The points of the uncapped terms for each sum; void from then on.</param>
    /// <param name="far">The far columns.</param>
    /// <param name="near">Gets the near columns.</param>
    private void Collapse(Span<double> sums, ReadOnlySpan<double> far, Span<double> near)
    {
        Span<double> ratios = stackalloc double[_groups];
        ratios.Clear();
        for (var i = _uncapped; i < far.Length; i++)
        {
            sums[_farSums[i]] += _weights[i] * far[i];
            ratios[_farSums[i]] = Math.Max(ratios[_farSums[i]], Math.Abs(far[i]) / _caps[i]);
        }
        for (var i = 0; i < _sumsUsed.Length; i++)
        {
            near[i] = sums[_sumsUsed[i]];
        }
        for (var i = 0; i < _sumsCapped.Length; i++)
        {
            near[_sumsUsed.Length + i] = ratios[_sumsCapped[i]];
        }
    }

    private void AddSeries(
        int type,
        bool isCount,
        bool standsForValue,
        double lifetime,
        ReadOnlySpan<ulong> decayed,
        Span<double> sums,
        Span<double> far
    )
    {
        if (isCount)
        {
            AddWeighted(_countWeights.AsSpan(type * _groups, _groups), lifetime, decayed, sums);
        }
        if (standsForValue && _valueWeights.Length > 0)
        {
            AddWeighted(_valueWeights.AsSpan(type * _groups, _groups), lifetime, decayed, sums);
        }
        foreach (var column in _cappedOf[type])
        {
            if (_measures[column] == Measure.Count ? isCount : standsForValue)
            {
                var sum = _farSums[column];
                far[column] = sum == 0 ? lifetime : BitConverter.UInt64BitsToDouble(decayed[sum - 1]);
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
}
