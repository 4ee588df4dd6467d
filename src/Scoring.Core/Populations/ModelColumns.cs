using Scoring.Core.Facts;
using Scoring.Core.Time;

namespace Scoring.Core.Populations;

/// <summary>The columns of one model for all customers of a population, to the population's landmarks.</summary>
/// <remarks>
/// Of the near columns four rows stand together: the first column of each, then the second of each, and so on. So a scan reads one
/// stream of vectors. The far columns, which it seldom looks at, lie apart, row by row.
/// </remarks>
internal sealed class ModelColumns(CompiledModel model, FactsSchema schema)
{
    /// <summary>Rows that stand together.</summary>
    public const int RowsTogether = 4;

    /// <summary>Columns are read at instants down to this many half-lives before the landmark; what underflowed in them is nothing there.</summary>
    private const int FurthestBack = 400;

    private readonly Column<double> _near = new(model.NearColumns);
    private readonly Column<double>? _far = model.FarColumns > 0 ? new(model.FarColumns) : null;
    private readonly int[] _landmarks = new int[schema.HalfLives.Length];
    private readonly DecayCell[] _cells = [.. schema.HalfLives.ToArray().Select(h => new DecayCell(h))];
    private Instant _newest = Instant.MinValue;
    private int _rows;

    public CompiledModel Model { get; private set; } = model;

    /// <summary>Whether there are values for the rows; until then there is only the model.</summary>
    public bool IsBuilt { get; private set; }

    /// <summary>When they were last asked for, in milliseconds since some moment.</summary>
    public long LastUse { get; set; }

    /// <summary>Takes an event type in that the model names and that had no number before, so that nobody has had it yet.</summary>
    public void Recompile() => Model = new CompiledModel(Model.Model, schema);

    /// <summary>Computes every row again, to the landmarks of the newest event.</summary>
    public void Rebuild(FactsTable facts, Instant newest)
    {
        IsBuilt = true;
        _newest = newest;
        for (var i = 0; i < _landmarks.Length; i++)
        {
            _landmarks[i] = schema.HalfLives[i].LandmarkAt(newest);
            _cells[i].MoveTo(newest);
        }
        for (var row = 0; row < facts.Count; row++)
        {
            Refresh(row, facts[row]);
        }
    }

    /// <summary>Whether the landmarks are those that <see cref="Rebuild"/> would take.</summary>
    public bool IsAt(Instant newest)
    {
        if (newest == Instant.MinValue || _newest == Instant.MinValue)
        {
            return newest == _newest;
        }
        foreach (ref readonly var cell in _cells.AsSpan())
        {
            if (!cell.Contains(newest))
            {
                return false;
            }
        }
        return true;
    }

    /// <summary>Computes one row again.</summary>
    public void Refresh(int row, FactsView facts)
    {
        Span<double> values = stackalloc double[Model.Columns];
        Model.Project(facts, values);
        if (facts.LastEvent != Instant.MinValue && !IsAt(facts.LastEvent))
        {
            for (var i = 0; i < values.Length; i++)
            {
                values[i] *= MoveOf(Model.SumOfColumn(i), facts);
            }
        }
        if (row >= _rows)
        {
            _rows = (row | (RowsTogether - 1)) + 1;
            _near.EnsureRows(_rows);
            _far?.EnsureRows(_rows);
        }
        var four = Together(row);
        for (var i = 0; i < Model.NearColumns; i++)
        {
            four[(i * RowsTogether) + (row & (RowsTogether - 1))] = values[i];
        }
        values[Model.NearColumns..].CopyTo(Far(row));
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
        Span<double> near = stackalloc double[Model.NearColumns];
        var four = Together(row);
        for (var i = 0; i < near.Length; i++)
        {
            near[i] = four[(i * RowsTogether) + (row & (RowsTogether - 1))];
        }
        return Model.Points(near, Far(row), factors);
    }

    /// <summary>The near columns of the rows of one chunk.</summary>
    public ReadOnlySpan<double> NearChunk(int chunk) => _near.Chunk(chunk);

    /// <summary>The far columns of the rows of one chunk.</summary>
    public ReadOnlySpan<double> FarChunk(int chunk) => _far is null ? [] : _far.Chunk(chunk);

    /// <summary>Asks for the near columns of a row.</summary>
    public void Prefetch(int row)
    {
        const int lineValues = 8;
        if (row < _rows)
        {
            var four = Together(row);
            for (var at = 0; at < four.Length; at += lineValues)
            {
                Memory.Prefetch(ref four[at]);
            }
        }
    }

    private Span<double> Together(int row)
    {
        var columns = Model.NearColumns;
        return _near
            .Chunk((int)((uint)row / Column<double>.ChunkRows))
            .Slice((row & (Column<double>.ChunkRows - RowsTogether)) * columns, RowsTogether * columns);
    }

    private Span<double> Far(int row)
    {
        var columns = Model.FarColumns;
        return _far is null
            ? []
            : _far.Chunk((int)((uint)row / Column<double>.ChunkRows))
                .Slice((row & (Column<double>.ChunkRows - 1)) * columns, columns);
    }

    private double MoveOf(int sum, FactsView facts) =>
        sum == 0 || facts.LastEvent == Instant.MinValue
            ? 1
            : HalfLife.Move(schema.HalfLives[sum - 1].LandmarkAt(facts.LastEvent), _landmarks[sum - 1]);
}
