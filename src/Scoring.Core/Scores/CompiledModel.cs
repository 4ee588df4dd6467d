using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using Scoring.Core.Facts;
using Scoring.Core.Models;
using Scoring.Core.Names;
using Scoring.Core.Time;

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
/// <para>
/// What no events but features, attributes and days bring (<see cref="StandingTerm"/>) does not decay either. Where it changes by time alone there is one
/// more column: the last UTC day on which the others hold (<see cref="HoldingDay"/>). What is recent and fades is one more quantity of its half-life.
/// </para>
/// <para>
/// A dimension with a cap has columns of its own, so that its points at any instant are known and limited there: what decays may rise, where it is a penalty.
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

    private readonly FactsSchema _schema;
    private readonly int _groups;

    // Weights of the uncapped terms, event type by event type, one for each sum.
    private readonly double[] _countWeights;
    private readonly double[] _valueWeights;

    // By event type.
    private readonly CappedTerm[][] _cappedOf;
    private readonly StandingTerm[] _standing;
    private readonly FadingTerm[] _fading;

    // By kind of term and term, where the sums of its dimension begin.
    private readonly int[] _standingPlaces;
    private readonly int[] _fadingPlaces;

    // The columns that belong to no dimension with a cap, and those dimensions.
    private readonly int _commonColumns;
    private readonly LimitedDimension[] _dimensions;

    // By term, the number of its dimension among those, from 1; 0 for none of them.
    private readonly Dictionary<Term, int> _dimensionOf;

    // For each column its place among the sums of all, those of each dimension behind each other.
    private readonly int[] _places;

    public CompiledModel(ScoringModel model, FactsSchema schema)
    {
        (Model, _schema) = (model, schema);
        _groups = schema.SumsPerSeries;
        Terms =
        [
            .. model
                .Terms.OfType<EventTerm>()
                .Select(t => new CompiledTerm(t, schema.EventTypes.Find(t.EventType), SumOf(t.HalfLifeDays, schema))),
        ];
        _standing = [.. model.Terms.Select(t => StandingTerm.Of(t, schema)).OfType<StandingTerm>()];
        _fading =
        [
            .. model
                .Terms.OfType<RecencyTerm>()
                .Where(t => t.HalfLifeDays > 0)
                .Select(t => new FadingTerm(t, SumOf(t.HalfLifeDays, schema), schema)),
        ];
        IsDated = Array.Exists(_standing, t => t.IsDated);
        CompiledTerm[] capped = [.. Terms.Where(t => t.Term.Cap is not null)];
        Dimension[] limited = [.. model.Dimensions.Where(dimension => dimension.Cap is not null)];
        _dimensionOf = model
            .Terms.Distinct()
            .ToDictionary(t => t, t => 1 + Array.FindIndex(limited, d => d.Name == t.Dimension));
        int[][] sums = [.. Enumerable.Range(0, limited.Length + 1).Select(SumsOf)];
        _commonColumns = sums[0].Length;
        _dimensions = [.. limited.Select((d, i) => new LimitedDimension(d.Name, d.Cap!.Value, sums[i + 1].Length))];
        SumsUsed = [.. sums.SelectMany(own => own)];
        _places = [.. sums.SelectMany((own, i) => own.Select(sum => (i * _groups) + sum))];
        _standingPlaces = Array.ConvertAll(_standing, t => PlaceOf(t.Term));
        _fadingPlaces = Array.ConvertAll(_fading, t => PlaceOf(t.Term));
        SumsLimited = [.. capped.Select(t => t.Sum).Where(sum => sum > 0).Distinct().Order()];
        var types = Terms.Select(t => t.EventType).DefaultIfEmpty(-1).Max() + 1;
        _countWeights = Weights(Measure.Count, types);
        _valueWeights = Weights(Measure.Value, types);
        _cappedOf = new CappedTerm[types][];
        for (var type = 0; type < types; type++)
        {
            _cappedOf[type] =
            [
                .. Terms
                    .Where(t => t.Term.Cap is not null || PlaceOf(t.Term) > 0)
                    .Where(t => t.EventType == type)
                    .Select(t => new CappedTerm(
                        t.Term.Measure,
                        t.Sum,
                        PlaceOf(t.Term),
                        t.Term.Cap ?? double.PositiveInfinity,
                        t.Term.Weight
                    )),
            ];
        }
    }

    public ScoringModel Model { get; }

    /// <summary>The terms of events, in the model's order.</summary>
    public IReadOnlyList<CompiledTerm> Terms { get; }

    /// <summary>The other terms, in the model's order.</summary>
    public IReadOnlyList<StandingTerm> StandingTerms => _standing;

    /// <summary>The terms of recency that fade, in the model's order.</summary>
    public IReadOnlyList<FadingTerm> FadingTerms => _fading;

    /// <summary>For each column the sum of the schema that it is of.</summary>
    public int[] SumsUsed { get; }

    /// <summary>The sums of the schema that have a ratio each.</summary>
    public int[] SumsLimited { get; }

    /// <summary>Whether there is a column for the last day on which the others hold.</summary>
    public bool IsDated { get; }

    /// <summary>How many columns say until when the others hold: the ratios, and the day behind them.</summary>
    public int Bounds => SumsLimited.Length + (IsDated ? 1 : 0);

    /// <summary>Columns of a customer, with those of its bounds.</summary>
    public int Columns => SumsUsed.Length + Bounds;

    /// <summary>Words of 64 bits for the columns of <see cref="RowsTogether"/> customers.</summary>
    public int WordsTogether => (SumsUsed.Length * RowsTogether) + Bounds;

    /// <summary>Whether the model uses a name.</summary>
    public bool Names(KnownName name) => Model.Terms.SelectMany(UsedNames.Of).Contains(name);

    /// <summary>Whether the model uses any name of a kind.</summary>
    public bool NamesAny(NameKind kind) => Model.Terms.SelectMany(UsedNames.Of).Any(name => name.Kind == kind);

    /// <summary>A bound as it is kept.</summary>
    /// <param name="bound">Which one.</param>
    /// <param name="value">Its column.</param>
    public short BoundOf(int bound, double value) =>
        bound < SumsLimited.Length ? LimitRatio.Of(value) : HoldingDay.Of(value);

    /// <summary>The least of a bound with which columns hold at an instant.</summary>
    /// <param name="bound">Which one.</param>
    /// <param name="factors">For each sum of the schema, what it is multiplied by to be read at the instant.</param>
    /// <param name="readTime">The instant.</param>
    public short LeastBound(int bound, ReadOnlySpan<double> factors, Instant readTime) =>
        bound < SumsLimited.Length ? LimitRatio.Least(factors[SumsLimited[bound]]) : HoldingDay.Least(readTime.UtcDay);

    /// <summary>A customer's columns as they are at its newest event, to the landmarks of its facts.</summary>
    public void Project(ScoredCustomer customer, Span<double> columns)
    {
        Span<double> units = stackalloc double[_groups];
        units.Fill(1);
        foreach (var sum in SumsLimited)
        {
            units[sum] = customer.Facts.NewestWeight(sum);
        }
        Project(customer, customer.Facts.LastEvent, units, columns);
    }

    /// <summary>The points of a customer.</summary>
    /// <param name="customer">The customer.</param>
    /// <param name="factors">For each sum of the schema, what that of the facts is multiplied by to be read at the instant.</param>
    /// <param name="readTime">The instant.</param>
    public double Points(ScoredCustomer customer, ReadOnlySpan<double> factors, Instant readTime)
    {
        Span<double> columns = stackalloc double[Columns];
        Project(customer, columns);
        for (var i = 0; i < Bounds; i++)
        {
            if (BoundOf(i, columns[SumsUsed.Length + i]) < LeastBound(i, factors, readTime))
            {
                return PointsAnew(customer, factors, readTime);
            }
        }
        return Points(columns, factors);
    }

    /// <summary>The points of a customer whose columns, those of its newest event, do not hold any more.</summary>
    /// <param name="customer">The customer.</param>
    /// <param name="factors">For each sum of the schema, what that of the facts is multiplied by to be read at the instant.</param>
    /// <param name="readTime">The instant.</param>
    public double PointsAnew(ScoredCustomer customer, ReadOnlySpan<double> factors, Instant readTime)
    {
        Span<double> columns = stackalloc double[Columns];
        ProjectAnew(customer, factors, readTime, columns);
        return Points(columns, factors);
    }

    /// <summary>A customer's columns as they are at an instant after its newest event.</summary>
    /// <param name="customer">The customer.</param>
    /// <param name="factors">For each sum of the schema, what that of the facts is multiplied by to be read at the instant.</param>
    /// <param name="readTime">The instant.</param>
    /// <param name="columns">Gets the columns, and their bounds behind them.</param>
    public void ProjectAnew(
        ScoredCustomer customer,
        ReadOnlySpan<double> factors,
        Instant readTime,
        Span<double> columns
    )
    {
        Span<double> units = stackalloc double[_groups];
        units.Fill(1);
        foreach (var sum in SumsLimited)
        {
            units[sum] = 1 / factors[sum];
        }
        Project(customer, readTime, units, columns);
    }

    /// <summary>The points of a customer whose columns hold.</summary>
    /// <param name="columns">The columns; bounds behind them are not looked at.</param>
    /// <param name="factors">For each sum of the schema, what it is multiplied by to be read at the instant.</param>
    public double Points(ReadOnlySpan<double> columns, ReadOnlySpan<double> factors)
    {
        var points = 0.0;
        var column = 0;
        for (; column < _commonColumns; column++)
        {
            points += columns[column] * factors[SumsUsed[column]];
        }
        foreach (ref readonly var dimension in _dimensions.AsSpan())
        {
            var own = 0.0;
            for (var end = column + dimension.Columns; column < end; column++)
            {
                own += columns[column] * factors[SumsUsed[column]];
            }
            points += dimension.Limit(own);
        }
        return Math.Abs(points) < Negligible ? 0 : points;
    }

    /// <summary>How the points of a customer go on from an instant if nothing happens and no bound is reached.</summary>
    /// <param name="customer">The customer.</param>
    /// <param name="factors">For each sum of the schema, what that of the facts is multiplied by to be read at the instant.</param>
    /// <param name="readTime">The instant.</param>
    /// <returns>What belongs to no dimension with a cap, and each of those, not limited yet.</returns>
    public (DecayCurve Common, IReadOnlyList<(LimitedDimension Dimension, DecayCurve Curve)> Dimensions) CurvesAt(
        ScoredCustomer customer,
        ReadOnlySpan<double> factors,
        Instant readTime
    )
    {
        var columns = new double[Columns];
        ProjectAnew(customer, factors, readTime, columns);
        for (var i = 0; i < SumsUsed.Length; i++)
        {
            columns[i] *= factors[SumsUsed[i]];
        }
        var first = _commonColumns;
        var dimensions = new List<(LimitedDimension, DecayCurve)>();
        foreach (var dimension in _dimensions)
        {
            dimensions.Add((dimension, CurveOf(first, dimension.Columns)));
            first += dimension.Columns;
        }
        return (CurveOf(0, _commonColumns), dimensions);

        DecayCurve CurveOf(int first, int count)
        {
            var own = Enumerable.Range(first, count).ToLookup(column => SumsUsed[column] > 0);
            return new(
                own[false].Sum(column => columns[column]),
                [.. own[true].Select(column => (columns[column], (double)_schema.HalfLives[SumsUsed[column] - 1].Days))]
            );
        }
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
        var ofColumns = factors.OfColumns.AsSpan(0, _commonColumns);
        var leastBounds = factors.LeastBounds;
        var isLimited = Model.Floor is not null || Model.Ceiling is not null;
        var floor = Vector256.Create(Model.Floor ?? double.NegativeInfinity);
        var ceiling = Vector256.Create(Model.Ceiling ?? double.PositiveInfinity);
        var stale = 0UL;
        for (var row = 0; row <= scores.Length - RowsTogether; row += RowsTogether)
        {
            var points = Vector256<double>.Zero;
            foreach (var factor in ofColumns)
            {
                points += Vector256.LoadUnsafe(ref value) * factor;
                value = ref Unsafe.Add(ref value, RowsTogether);
            }
            var column = _commonColumns;
            foreach (ref readonly var dimension in _dimensions.AsSpan())
            {
                var own = Vector256<double>.Zero;
                for (var end = column + dimension.Columns; column < end; column++)
                {
                    own += Vector256.LoadUnsafe(ref value) * factors.OfColumns[column];
                    value = ref Unsafe.Add(ref value, RowsTogether);
                }
                points += dimension.Limit(own);
            }
            var ended = Vector128<short>.Zero;
            foreach (var least in leastBounds)
            {
                ended |= Vector128.LessThan(Vector128.CreateScalar(value).AsInt16(), Vector128.Create(least));
                value = ref Unsafe.Add(ref value, 1);
            }
            var none = Vector256.LessThan(Vector256.Abs(points), Vector256.Create(Negligible));
            points = Vector256.AndNot(points, none) * 100 / target;
            if (isLimited)
            {
                points = Vector256.ConditionalSelect(Vector256.LessThan(points, floor), floor, points);
                points = Vector256.ConditionalSelect(Vector256.GreaterThan(points, ceiling), ceiling, points);
            }
            points.StoreUnsafe(ref score);
            stale |= (ulong)(ended.ExtractMostSignificantBits() & ((1u << RowsTogether) - 1)) << row;
            score = ref Unsafe.Add(ref score, RowsTogether);
        }
        return stale;
    }

    /// <summary>A customer's columns as they are at an instant.</summary>
    /// <param name="customer">The customer.</param>
    /// <param name="instant">The instant.</param>
    /// <param name="units">For each sum that a capped term uses, what a quantity of 1 at the instant is as a sum.</param>
    /// <param name="columns">Gets the columns, and their bounds behind them.</param>
    private void Project(ScoredCustomer customer, Instant instant, Span<double> units, Span<double> columns)
    {
        units[0] = 1;
        Span<double> sums = stackalloc double[_groups * (1 + _dimensions.Length)];
        sums.Clear();
        Span<double> ratios = stackalloc double[_groups];
        ratios.Fill(double.PositiveInfinity);
        // Not by the views of facts.Series: with them an event takes 1.27 times as long where columns are kept.
        var words = customer.Facts.SeriesWords;
        for (var at = 0; at < words.Length; at += _groups)
        {
            var (type, hasValue, count) = SeriesView.PartsOf(words[at]);
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
        for (var i = 0; i < _fading.Length; i++)
        {
            var term = _fading[i];
            sums[_fadingPlaces[i] + term.Sum] += term.Term.Weight * term.SumOf(customer.Facts);
        }
        var lastDay = AddStanding(customer, instant, sums);
        for (var i = 0; i < SumsUsed.Length; i++)
        {
            columns[i] = sums[_places[i]];
        }
        for (var i = 0; i < SumsLimited.Length; i++)
        {
            columns[SumsUsed.Length + i] = ratios[SumsLimited[i]];
        }
        if (IsDated)
        {
            columns[^1] = lastDay == StandingTerm.Always ? double.PositiveInfinity : lastDay;
        }
    }

    /// <summary>Adds what does not decay; gives the last day on which it is still the same.</summary>
    private int AddStanding(ScoredCustomer customer, Instant instant, Span<double> sums)
    {
        var lastDay = StandingTerm.Always;
        for (var i = 0; i < _standing.Length; i++)
        {
            var term = _standing[i];
            sums[_standingPlaces[i]] += term.Term.Points(term.Quantity(customer, instant.UtcDay, out var last));
            lastDay = Math.Min(lastDay, last);
        }
        return lastDay;
    }

    // Its spans would go through memory at each call, which takes as long as what is done with them.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
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
                sums[term.Place] += term.Weight * Math.CopySign(term.Cap, quantity);
                ratios[term.Sum] = Math.Min(ratios[term.Sum], Math.Abs(quantity) / term.Cap);
            }
            else
            {
                sums[term.Place + term.Sum] += term.Weight * quantity;
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

    private static int SumOf(int halfLifeDays, FactsSchema schema) =>
        schema.SumOf(halfLifeDays) is var sum and >= 0
            ? sum
            : throw new ArgumentException(
                $"The workspace keeps no half-life of {halfLifeDays} days.",
                nameof(halfLifeDays)
            );

    /// <summary>Where the sums of a term's dimension begin: 0 without one that has a cap.</summary>
    private int PlaceOf(Term term) => _dimensionOf[term] * _groups;

    /// <summary>The sums that have a column of a dimension with a cap, counted from 1; of 0, of all that belongs to none.</summary>
    private int[] SumsOf(int dimension)
    {
        var decaying = Terms
            .Where(t => _dimensionOf[t.Term] == dimension)
            .Select(t => t.Sum)
            .Concat(_fading.Where(t => _dimensionOf[t.Term] == dimension).Select(t => t.Sum));
        var hasConstant =
            Terms.Any(t => t.Term.Cap is not null && _dimensionOf[t.Term] == dimension)
            || Array.Exists(_standing, t => _dimensionOf[t.Term] == dimension);
        return [.. decaying.Concat(hasConstant ? [0] : []).Distinct().Order()];
    }

    /// <summary>Weights by event type and sum; none at all when no term is of the measure.</summary>
    private double[] Weights(Measure measure, int types)
    {
        var terms = Terms
            .Where(t => t.Term.Measure == measure && t.Term.Cap is null && PlaceOf(t.Term) == 0 && t.EventType >= 0)
            .ToList();
        var weights = new double[measure == Measure.Value && terms.Count == 0 ? 0 : types * _groups];
        foreach (var term in terms)
        {
            weights[(term.EventType * _groups) + term.Sum] = term.Term.Weight;
        }
        return weights;
    }

    /// <summary>A term that a cap may limit, its own or that of its dimension.</summary>
    private readonly record struct CappedTerm(Measure Measure, int Sum, int Place, double Cap, double Weight);
}
