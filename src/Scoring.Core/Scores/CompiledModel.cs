using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using Scoring.Core.Facts;
using Scoring.Core.Models;

namespace Scoring.Core.Scores;

/// <summary>A model in the numbers of one schema.</summary>
/// <remarks>
/// <para>
/// All customers decay by a common factor, so the points of all terms of one half-life that no cap limits collapse into one number, U = sum
/// of weight x sum, read as factor x U. What a cap limits brings weight x cap: points that do not decay, as those of lifetime quantities
/// do not.
/// </para>
/// <para>
/// Which terms are limited is decided at the customer's newest event, before which nobody reads it. From then on quantities only decay, so
/// none becomes limited, and those that are stay so as long as factor x R is at least 1, R being the least of quantity / cap among them. A
/// customer's <em>columns</em> are U for each sum of the schema, that of the lifetime quantities with what does not decay, and R for each
/// half-life that a capped term uses (<see cref="LimitRatio"/>). Later than they hold, points are made from the facts as they are then.
/// </para>
/// <para>An event type that was never recorded has no number; a model must be compiled again when one that it names gets one.</para>
/// </remarks>
internal sealed class CompiledModel
{
    /// <summary>Rows whose columns stand together.</summary>
    public const int RowsTogether = 4;

    /// <summary>
    /// Fewer points than this, of either sign, are none: what has decayed away neither leaves a customer at risk for ever, nor can
    /// it depend on where a sum underflows.
    /// </summary>
    private const double Negligible = 1e-12;

    private readonly int _groups;

    // Weights of the uncapped terms, event type by event type, one for each sum.
    private readonly double[] _countWeights;
    private readonly double[] _valueWeights;

    // By event type.
    private readonly CappedTerm[][] _cappedOf;

    public CompiledModel(ScoringModel model, FactsSchema schema)
    {
        Model = model;
        _groups = schema.SumsPerSeries;
        Terms =
        [
            .. model.Terms.Select(t => new CompiledTerm(t, schema.EventTypes.Find(t.EventType), SumOf(t, schema))),
        ];
        CompiledTerm[] capped = [.. Terms.Where(t => t.Term.Cap is not null)];
        int[] constant = capped.Length > 0 ? [0] : [];
        SumsUsed = [.. Terms.Select(t => t.Sum).Concat(constant).Distinct().Order()];
        SumsLimited = [.. capped.Select(t => t.Sum).Where(sum => sum > 0).Distinct().Order()];
        var types = Terms.Max(t => t.EventType) + 1;
        _countWeights = Weights(Measure.Count, types);
        _valueWeights = Weights(Measure.Value, types);
        _cappedOf = new CappedTerm[types][];
        for (var type = 0; type < types; type++)
        {
            _cappedOf[type] =
            [
                .. capped
                    .Where(t => t.EventType == type)
                    .Select(t => new CappedTerm(t.Term.Measure, t.Sum, t.Term.Cap!.Value, t.Term.Weight)),
            ];
        }
    }

    public ScoringModel Model { get; }

    /// <summary>The terms of the model, in its order.</summary>
    public IReadOnlyList<CompiledTerm> Terms { get; }

    /// <summary>The sums of the schema that have a column each.</summary>
    public int[] SumsUsed { get; }

    /// <summary>The sums of the schema that have a ratio each.</summary>
    public int[] SumsLimited { get; }

    /// <summary>Columns and ratios of a customer.</summary>
    public int Columns => SumsUsed.Length + SumsLimited.Length;

    /// <summary>Words of 64 bits for the columns of <see cref="RowsTogether"/> customers.</summary>
    public int WordsTogether => (SumsUsed.Length * RowsTogether) + SumsLimited.Length;

    /// <summary>Whether the model names an event type.</summary>
    public bool Names(string eventType) => Terms.Any(t => t.Term.EventType == eventType);

    /// <summary>A customer's columns and ratios as they are at its newest event, to the landmarks of its facts.</summary>
    public void Project(FactsView facts, Span<double> columns)
    {
        Span<double> units = stackalloc double[_groups];
        foreach (var sum in SumsLimited)
        {
            units[sum] = facts.NewestWeight(sum);
        }
        Project(facts, units, columns);
    }

    /// <summary>The points of a customer.</summary>
    /// <param name="facts">Its facts.</param>
    /// <param name="factors">For each sum of the schema, what that of the facts is multiplied by to be read at the instant.</param>
    public double Points(FactsView facts, ReadOnlySpan<double> factors)
    {
        Span<double> columns = stackalloc double[Columns];
        Project(facts, columns);
        for (var i = 0; i < SumsLimited.Length; i++)
        {
            if (LimitRatio.Of(columns[SumsUsed.Length + i]) < LimitRatio.Least(factors[SumsLimited[i]]))
            {
                return PointsAnew(facts, factors);
            }
        }
        return Points(columns, factors);
    }

    /// <summary>The points of a customer whose columns, those of its newest event, do not hold any more.</summary>
    /// <param name="facts">Its facts.</param>
    /// <param name="factors">For each sum of the schema, what that of the facts is multiplied by to be read at the instant.</param>
    public double PointsAnew(FactsView facts, ReadOnlySpan<double> factors)
    {
        Span<double> columns = stackalloc double[Columns];
        ProjectAnew(facts, factors, columns);
        return Points(columns, factors);
    }

    /// <summary>A customer's columns and ratios as they are at an instant after its newest event.</summary>
    /// <param name="facts">Its facts.</param>
    /// <param name="factors">For each sum of the schema, what that of the facts is multiplied by to be read at the instant.</param>
    /// <param name="columns">Gets the columns, and the ratios behind them.</param>
    public void ProjectAnew(FactsView facts, ReadOnlySpan<double> factors, Span<double> columns)
    {
        Span<double> units = stackalloc double[_groups];
        foreach (var sum in SumsLimited)
        {
            units[sum] = 1 / factors[sum];
        }
        Project(facts, units, columns);
    }

    /// <summary>The points of a customer whose columns hold.</summary>
    /// <param name="columns">The columns; ratios behind them are not looked at.</param>
    /// <param name="factors">For each sum of the schema, what it is multiplied by to be read at the instant.</param>
    public double Points(ReadOnlySpan<double> columns, ReadOnlySpan<double> factors)
    {
        var points = 0.0;
        for (var i = 0; i < SumsUsed.Length; i++)
        {
            points += columns[i] * factors[SumsUsed[i]];
        }
        return Math.Abs(points) < Negligible ? 0 : points;
    }

    /// <summary>The scores of customers, four at a time: the same operations in the same order as for one, so the same bits.</summary>
    /// <param name="columns">The columns, customers together as <see cref="WordsTogether"/> says.</param>
    /// <param name="factors">What they are read by.</param>
    /// <param name="scores">Gets the scores; a multiple of four, 64 at the most.</param>
    /// <returns>A bit for each customer whose columns do not hold, so that the score is void.</returns>
    public ulong Scores(ReadOnlySpan<double> columns, ReadingFactors factors, Span<double> scores)
    {
        if (columns.Length < scores.Length / RowsTogether * WordsTogether)
        {
            throw new ArgumentException("There are fewer columns than scores take.", nameof(columns));
        }
        // What is read and written lies within what has just been checked.
        ref var value = ref MemoryMarshal.GetReference(columns);
        ref var score = ref MemoryMarshal.GetReference(scores);
        var target = Vector256.Create(Model.TargetPoints);
        var ofColumns = factors.OfColumns;
        var leastRatios = factors.LeastRatios;
        var stale = 0UL;
        for (var row = 0; row <= scores.Length - RowsTogether; row += RowsTogether)
        {
            var points = Vector256<double>.Zero;
            foreach (var factor in ofColumns)
            {
                points += Vector256.LoadUnsafe(ref value) * factor;
                value = ref Unsafe.Add(ref value, RowsTogether);
            }
            var ended = Vector128<short>.Zero;
            foreach (var least in leastRatios)
            {
                ended |= Vector128.LessThan(Vector128.CreateScalar(value).AsInt16(), Vector128.Create(least));
                value = ref Unsafe.Add(ref value, 1);
            }
            var none = Vector256.LessThan(Vector256.Abs(points), Vector256.Create(Negligible));
            points = Vector256.AndNot(points, none) * 100 / target;
            points.StoreUnsafe(ref score);
            stale |= (ulong)(ended.ExtractMostSignificantBits() & ((1u << RowsTogether) - 1)) << row;
            score = ref Unsafe.Add(ref score, RowsTogether);
        }
        return stale;
    }

    /// <summary>A customer's columns and ratios as they are at an instant.</summary>
    /// <param name="facts">Its facts.</param>
    /// <param name="units">For each sum that a capped term uses, what a quantity of 1 at the instant is as a sum.</param>
    /// <param name="columns">Gets the columns, and the ratios behind them.</param>
    private void Project(FactsView facts, Span<double> units, Span<double> columns)
    {
        units[0] = 1;
        Span<double> sums = stackalloc double[_groups];
        sums.Clear();
        Span<double> ratios = stackalloc double[_groups];
        ratios.Fill(double.PositiveInfinity);
        // Not by the views of facts.Series: with them an event takes 1.27 times as long where columns are kept.
        var words = facts.SeriesWords;
        for (var at = 0; at < words.Length; at += _groups)
        {
            var (type, hasValue, count) = SeriesView.CountOf(words[at]);
            var isKnown = type < _cappedOf.Length;
            if (isKnown)
            {
                var decayed = words.Slice(at + 1, _groups - 1);
                AddSeries(type, isCount: true, standsForValue: !hasValue, count, decayed, units, sums, ratios);
            }
            if (!hasValue)
            {
                continue;
            }
            at += _groups;
            if (isKnown)
            {
                var value = ValueSum.Value(words[at..]);
                var decayed = words.Slice(at + ValueSum.Words, _groups - 1);
                AddSeries(type, isCount: false, standsForValue: true, value, decayed, units, sums, ratios);
            }
            at += ValueSum.Words - 1;
        }
        for (var i = 0; i < SumsUsed.Length; i++)
        {
            columns[i] = sums[SumsUsed[i]];
        }
        for (var i = 0; i < SumsLimited.Length; i++)
        {
            columns[SumsUsed.Length + i] = ratios[SumsLimited[i]];
        }
    }

    private void AddSeries(
        int type,
        bool isCount,
        bool standsForValue,
        double lifetime,
        ReadOnlySpan<ulong> decayed,
        ReadOnlySpan<double> units,
        Span<double> sums,
        Span<double> ratios
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
        foreach (ref readonly var term in _cappedOf[type].AsSpan())
        {
            if (!(term.Measure == Measure.Count ? isCount : standsForValue))
            {
                continue;
            }
            var quantity = term.Sum == 0 ? lifetime : BitConverter.UInt64BitsToDouble(decayed[term.Sum - 1]);
            if (Math.Abs(quantity) > term.Cap * units[term.Sum])
            {
                sums[0] += term.Weight * Math.CopySign(term.Cap, quantity);
                ratios[term.Sum] = Math.Min(ratios[term.Sum], Math.Abs(quantity) / term.Cap);
            }
            else
            {
                sums[term.Sum] += term.Weight * quantity;
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

    /// <summary>A term that a cap may limit.</summary>
    private readonly record struct CappedTerm(Measure Measure, int Sum, double Cap, double Weight);
}
