using Scoring.Core.Facts;
using Scoring.Core.Time;

namespace Scoring.Core.Populations;

/// <summary>The columns of one model for all customers of a population, to the population's landmarks.</summary>
internal sealed class ModelColumns(CompiledModel model, FactsSchema schema)
{
    private double[][] _columns = [.. Enumerable.Range(0, model.Columns).Select(_ => Array.Empty<double>())];
    private int[] _landmarks = [];

    /// <summary>Columns are read at instants down to this many half-lives before the landmark; what underflowed in them is nothing there.</summary>
    private const int FurthestBack = 400;

    public CompiledModel Model => model;

    /// <summary>Computes every row again, to the landmarks of the newest event.</summary>
    public void Rebuild(IReadOnlyList<CustomerFacts> facts, Instant newest)
    {
        _landmarks = LandmarksOf(schema, newest);
        for (var row = 0; row < facts.Count; row++)
        {
            Refresh(row, facts[row]);
        }
    }

    /// <summary>Whether the landmarks are those that <see cref="Rebuild"/> would take.</summary>
    public bool IsAt(Instant newest)
    {
        for (var i = 0; i < _landmarks.Length; i++)
        {
            if (_landmarks[i] != schema.HalfLives[i].LandmarkAt(newest))
            {
                return false;
            }
        }
        return _landmarks.Length == schema.HalfLives.Length;
    }

    /// <summary>Computes one row again.</summary>
    public void Refresh(int row, CustomerFacts facts)
    {
        Span<double> values = stackalloc double[model.Columns];
        model.Project(facts, values);
        for (var i = 0; i < values.Length; i++)
        {
            if (row >= _columns[i].Length)
            {
                Array.Resize(ref _columns[i], Math.Max(row + 1, Math.Max(256, _columns[i].Length * 2)));
            }
            _columns[i][row] = values[i] * MoveOf(model.SumOfColumn(i), facts);
        }
    }

    /// <summary>What each sum is multiplied by to be read at an instant; null when the instant lies too far back for the columns.</summary>
    public double[]? FactorsAt(Instant readTime)
    {
        var factors = new double[schema.SumsPerSeries];
        factors[0] = 1;
        for (var i = 0; i < _landmarks.Length; i++)
        {
            factors[1 + i] = schema.HalfLives[i].FactorAt(readTime, _landmarks[i]);
            if (factors[1 + i] > Math.ScaleB(1, FurthestBack))
            {
                return null;
            }
        }
        return factors;
    }

    /// <summary>The points of a row.</summary>
    public double Points(int row, ReadOnlySpan<double> factors)
    {
        Span<double> values = stackalloc double[_columns.Length];
        for (var i = 0; i < values.Length; i++)
        {
            values[i] = _columns[i][row];
        }
        return model.Points(values, factors);
    }

    private static int[] LandmarksOf(FactsSchema schema, Instant newest)
    {
        var landmarks = new int[schema.HalfLives.Length];
        for (var i = 0; i < landmarks.Length; i++)
        {
            landmarks[i] = schema.HalfLives[i].LandmarkAt(newest);
        }
        return landmarks;
    }

    private double MoveOf(int sum, CustomerFacts facts) =>
        sum == 0 || facts.LastEvent == Instant.MinValue
            ? 1
            : HalfLife.Move(schema.HalfLives[sum - 1].LandmarkAt(facts.LastEvent), _landmarks[sum - 1]);
}
