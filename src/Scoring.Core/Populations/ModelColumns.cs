using System.Runtime.InteropServices;
using Scoring.Core.Facts;
using Scoring.Core.Memory;
using Scoring.Core.Scores;
using Scoring.Core.Time;

namespace Scoring.Core.Populations;

/// <summary>The columns of one model for all customers of a population, to the population's landmarks.</summary>
/// <remarks>
/// <para>
/// Four rows stand together: the first column of each, then the second of each, and so on, then their first bounds, 16 bits each. So a scan
/// reads one stream of vectors.
/// </para>
/// <para>
/// Rows become stale: what a cap limited at their newest event it does not any more, or a day has gone by. They are scored from their facts, until so many are found that
/// they are all made again as they are at an instant; before that instant the columns are then not read.
/// </para>
/// </remarks>
internal sealed class ModelColumns(CompiledModel model, FactsSchema schema, IAttributeSource attributes)
{
    /// <summary>Columns are read at instants down to this many half-lives before the landmark; what underflowed in them is nothing there.</summary>
    private const int FurthestBack = 400;

    /// <summary>One row in so many may be stale.</summary>
    private const int RowsPerStale = 64;

    /// <summary>Reads that began earlier may still be to come, and a clock may be behind the newest event.</summary>
    private static readonly TimeSpan Leeway = TimeSpan.FromMinutes(10);

    /// <summary>Making rows again keeps writers waiting.</summary>
    private static readonly TimeSpan Pause = TimeSpan.FromMinutes(10);

    private const int RowsTogether = CompiledModel.RowsTogether;
    private const int GroupsPerScan = Column<int>.ChunkRows / RowsTogether;
    private const int ScansPerChunk = Column<double>.ChunkRows / GroupsPerScan;

    private readonly Column<double> _groups = new(model.WordsTogether);
    private readonly int[] _landmarks = new int[schema.HalfLives.Length];
    private readonly DecayCell[] _cells = [.. schema.HalfLives.ToArray().Select(h => new DecayCell(h))];
    private Instant _newest = Instant.MinValue;
    private int _rows;

    // Before which instant they are not to be read, and at which too many were found stale.
    private Instant _asOf = Instant.MinValue;
    private long _staleAt = Instant.MinValue.Ticks;

    public CompiledModel Model { get; private set; } = model;

    /// <summary>Whether there are values for the rows; until then there is only the model.</summary>
    public bool IsBuilt { get; private set; }

    /// <summary>When they were last asked for, in milliseconds since some moment.</summary>
    public long LastUse { get; set; }

    /// <summary>How many rows were brought up to date since.</summary>
    public long RowsSinceUse { get; set; }

    /// <summary>Takes an event type in that the model names and that had no number before, so that nobody has had it yet.</summary>
    public void Recompile() => Model = new CompiledModel(Model.Model, schema);

    /// <summary>Takes the landmarks of the newest event.</summary>
    public void MoveTo(Instant newest)
    {
        _newest = newest;
        for (var i = 0; i < _landmarks.Length; i++)
        {
            _landmarks[i] = schema.HalfLives[i].LandmarkAt(newest);
            _cells[i].MoveTo(newest);
        }
    }

    /// <summary>Computes every row again, to the landmarks of the newest event.</summary>
    public void Rebuild(FactsTable facts, Instant newest)
    {
        IsBuilt = true;
        _asOf = Instant.MinValue;
        _staleAt = Instant.MinValue.Ticks;
        MoveTo(newest);
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

    /// <summary>Whether so many rows are stale that <see cref="RefreshStale"/> pays.</summary>
    public bool IsStale => Volatile.Read(ref _staleAt) != Instant.MinValue.Ticks;

    /// <summary>Notes how many rows a read of the present found stale. Any number of readers may do so at once.</summary>
    public void NoteStale(long rows, Instant readTime)
    {
        if (rows > _rows / RowsPerStale && readTime - Leeway > _asOf + Pause)
        {
            Volatile.Write(ref _staleAt, (readTime - Leeway).Ticks);
        }
    }

    /// <summary>Computes those rows again that are stale where so many were found.</summary>
    public void RefreshStale(FactsTable facts)
    {
        var at = new Instant(_staleAt);
        _staleAt = Instant.MinValue.Ticks;
        if (FactorsAt(at) is not { } factors)
        {
            return;
        }
        _asOf = Instant.Max(_asOf, at);
        Span<double> values = stackalloc double[Model.Columns];
        Span<double> own = stackalloc double[schema.SumsPerSeries];
        for (var row = 0; row < facts.Count; row++)
        {
            if (Points(row, factors) is null && facts[row] is var stale && stale.LastEvent <= at)
            {
                stale.SetFactors(at, own);
                Model.ProjectAnew(Of(row, stale), own, at, values);
                Set(row, stale, values);
            }
        }
    }

    /// <summary>Computes one row again.</summary>
    public void Refresh(int row, FactsView facts)
    {
        Span<double> values = stackalloc double[Model.Columns];
        Model.Project(Of(row, facts), values);
        Set(row, facts, values);
    }

    /// <summary>What rows are read by at an instant; null when it lies too far back for the columns.</summary>
    public ReadingFactors? FactorsAt(Instant readTime)
    {
        if (readTime < _asOf)
        {
            return null;
        }
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
        return new ReadingFactors(Model, readTime, factors);
    }

    /// <summary>The points of a row at an instant.</summary>
    /// <param name="row">The row.</param>
    /// <param name="facts">Its facts, which are looked at where its columns do not hold.</param>
    /// <param name="factors">What <see cref="FactorsAt"/> gives for the instant.</param>
    /// <param name="readTime">The instant.</param>
    public double Points(int row, FactsView facts, ReadingFactors? factors, Instant readTime) =>
        (factors is null ? null : Points(row, factors))
        ?? CustomerScorer.Points(Model, schema, Of(row, facts), readTime);

    /// <summary>The points of a row; null when its columns do not hold at the instant.</summary>
    private double? Points(int row, ReadingFactors factors)
    {
        Span<double> columns = stackalloc double[Model.SumsUsed.Length];
        var four = Together(row);
        var lane = row & (RowsTogether - 1);
        var bounds = MemoryMarshal.Cast<double, short>(four[(columns.Length * RowsTogether)..]);
        for (var i = 0; i < factors.LeastBounds.Length; i++)
        {
            if (bounds[(i * RowsTogether) + lane] < factors.LeastBounds[i])
            {
                return null;
            }
        }
        for (var i = 0; i < columns.Length; i++)
        {
            columns[i] = four[(i * RowsTogether) + lane];
        }
        return Model.Points(columns, factors.OfSums);
    }

    /// <summary>The points of a row whose columns do not hold at the instant.</summary>
    public double PointsAnew(int row, FactsView facts, ReadingFactors factors)
    {
        if (IsAt(facts.LastEvent))
        {
            return Model.PointsAnew(Of(row, facts), factors.OfSums, factors.ReadTime);
        }
        Span<double> own = stackalloc double[schema.SumsPerSeries];
        facts.SetFactors(factors.ReadTime, own);
        return Model.PointsAnew(Of(row, facts), own, factors.ReadTime);
    }

    /// <summary>The columns of the rows of one chunk of a column of numbers.</summary>
    public ReadOnlySpan<double> Chunk(int chunk)
    {
        var whole = _groups.Chunk(chunk / ScansPerChunk);
        var words = GroupsPerScan * Model.WordsTogether;
        return whole[Math.Min(whole.Length, chunk % ScansPerChunk * words)..];
    }

    /// <summary>Asks for the columns of a row.</summary>
    public void Prefetch(int row)
    {
        if (row < _rows)
        {
            CpuCache.Prefetch(MemoryMarshal.Cast<double, ulong>(Together(row)));
        }
    }

    /// <summary>Takes the values of a row, moved from the landmarks of its facts to those of the population.</summary>
    private void Set(int row, FactsView facts, Span<double> values)
    {
        var used = Model.SumsUsed.Length;
        if (facts.LastEvent != Instant.MinValue && !IsAt(facts.LastEvent))
        {
            for (var i = 0; i < used + Model.SumsLimited.Length; i++)
            {
                var move = MoveOf(i < used ? Model.SumsUsed[i] : Model.SumsLimited[i - used], facts);
                values[i] *= double.IsPositiveInfinity(values[i]) ? 1 : move;
            }
        }
        if (row >= _rows)
        {
            _rows = (row | (RowsTogether - 1)) + 1;
            _groups.EnsureRows(_rows / RowsTogether);
        }
        var four = Together(row);
        var lane = row & (RowsTogether - 1);
        for (var i = 0; i < used; i++)
        {
            four[(i * RowsTogether) + lane] = values[i];
        }
        var bounds = MemoryMarshal.Cast<double, short>(four[(used * RowsTogether)..]);
        for (var i = 0; i < Model.Bounds; i++)
        {
            bounds[(i * RowsTogether) + lane] = Model.BoundOf(i, values[used + i]);
        }
    }

    private Span<double> Together(int row)
    {
        var group = row / RowsTogether;
        var words = Model.WordsTogether;
        return _groups.Chunk(group / Column<double>.ChunkRows).Slice(group % Column<double>.ChunkRows * words, words);
    }

    private ScoredCustomer Of(int row, FactsView facts) => new(facts, attributes, row);

    private double MoveOf(int sum, FactsView facts) =>
        sum == 0 || facts.LastEvent == Instant.MinValue
            ? 1
            : HalfLife.Move(schema.HalfLives[sum - 1].LandmarkAt(facts.LastEvent), _landmarks[sum - 1]);
}
