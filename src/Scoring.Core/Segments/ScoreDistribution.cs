using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using Scoring.Core.Models;

namespace Scoring.Core.Segments;

/// <summary>All figures of many scores at once, without sorting them: exact, in three passes that all processors share.</summary>
/// <remarks>
/// <para>
/// The first pass finds sum, least and greatest; the second counts scores in <see cref="Cells"/> cells; the third looks again at the few
/// cells in which something is decided. A cell is a monotone function of the score, as band and bucket are. So where no end of a band
/// or bucket falls into a cell, all its scores have the same band and bucket, and which one follows from the cells of the ends alone.
/// Scores of the other cells are looked at one by one, and percentiles are selected among the scores of the one cell that holds their
/// rank.
/// </para>
/// <para>Where the cells lie is a matter of speed only: between the outer percentiles of a sample, so that outliers do no harm.</para>
/// </remarks>
internal sealed class ScoreDistribution
{
    private const int Cells = 2_048;
    private const int PieceScores = 1 << 16;
    private const int Sample = 512;

    private readonly ScoringModel _model;
    private readonly HistogramSpec _histogram;
    private readonly Piece[] _pieces;
    private readonly double _from;
    private readonly double _cellsPerPoint;

    /// <param name="parts">The scores, in parts; there is at least one score.</param>
    /// <param name="model">Whose bands are counted.</param>
    /// <param name="histogram">Whose buckets are counted.</param>
    /// <param name="percentiles">The percentiles to find.</param>
    public ScoreDistribution(
        IEnumerable<ReadOnlyMemory<double>> parts,
        ScoringModel model,
        HistogramSpec histogram,
        IReadOnlyList<double> percentiles
    )
    {
        (_model, _histogram) = (model, histogram);
        _pieces = [.. parts.SelectMany(Divide)];
        Count = _pieces.Sum(p => (long)p.Scores.Length);
        ForAll(AddUp);
        Mean = _pieces.Sum(p => p.Sum) / Count;
        Min = _pieces.Min(p => p.Min);
        Max = _pieces.Max(p => p.Max);
        (_from, _cellsPerPoint) = PlaceCells();
        ForAll(CountCells);
        Deviation = Math.Sqrt(_pieces.Sum(p => p.Squares) / Count);
        (Bands, Histogram, Percentiles) = LookAgain(percentiles);
    }

    public long Count { get; }

    public double Mean { get; }

    /// <summary>The root of the mean squared distance from the mean.</summary>
    public double Deviation { get; }

    public double Min { get; }

    public double Max { get; }

    /// <summary>Scores in each band of the model.</summary>
    public long[] Bands { get; }

    /// <summary>Scores in each bucket of the histogram, the open ones included.</summary>
    public long[] Histogram { get; }

    public IReadOnlyList<Percentile> Percentiles { get; }

    private static IEnumerable<Piece> Divide(ReadOnlyMemory<double> scores)
    {
        for (var start = 0; start < scores.Length; start += PieceScores)
        {
            yield return new Piece(scores.Slice(start, Math.Min(PieceScores, scores.Length - start)));
        }
    }

    private void ForAll(Action<Piece> action)
    {
        if (_pieces.Length == 1)
        {
            action(_pieces[0]);
        }
        else
        {
            Parallel.ForEach(_pieces, action);
        }
    }

    private static void AddUp(Piece piece)
    {
        var scores = piece.Scores.Span;
        var vectors = MemoryMarshal.Cast<double, Vector256<double>>(scores);
        var (sums, least, greatest) = (
            Vector256<double>.Zero,
            Vector256.Create(double.PositiveInfinity),
            Vector256.Create(double.NegativeInfinity)
        );
        foreach (var vector in vectors)
        {
            sums += vector;
            least = Vector256.Min(least, vector);
            greatest = Vector256.Max(greatest, vector);
        }
        piece.Sum = Vector256.Sum(sums);
        for (var i = 0; i < Vector256<double>.Count; i++)
        {
            piece.Min = Math.Min(piece.Min, least[i]);
            piece.Max = Math.Max(piece.Max, greatest[i]);
        }
        foreach (var score in scores[(vectors.Length * Vector256<double>.Count)..])
        {
            piece.Sum += score;
            piece.Min = Math.Min(piece.Min, score);
            piece.Max = Math.Max(piece.Max, score);
        }
    }

    private (double From, double CellsPerPoint) PlaceCells()
    {
        var sample = new double[Math.Min(Sample, Count)];
        var step = Count / sample.Length;
        var (piece, before) = (0, 0L);
        for (var i = 0; i < sample.Length; i++)
        {
            for (; (i * step) - before >= _pieces[piece].Scores.Length; piece++)
            {
                before += _pieces[piece].Scores.Length;
            }
            sample[i] = _pieces[piece].Scores.Span[(int)((i * step) - before)];
        }
        Array.Sort(sample);
        var outer = sample.Length / 100;
        var width = sample[^(1 + outer)] - sample[outer];
        return (sample[outer], width > 0 ? Cells / width : 0);
    }

    /// <summary>The cell of a score: never lower for a higher score.</summary>
    private int CellOf(double score) => (int)CellsOf(Vector256.Create(score))[0];

    /// <summary>The cells of four scores: rounded by adding a number whose last bit stands for 1, so the sum's low bits are the cell.</summary>
    private Vector256<ulong> CellsOf(Vector256<double> scores)
    {
        const double lastBitIsOne = 1L << 52;
        var cells = (scores - Vector256.Create(_from)) * _cellsPerPoint;
        cells = Vector256.MinNative(Vector256.MaxNative(cells, Vector256<double>.Zero), Vector256.Create(Cells - 1.0));
        return (cells + Vector256.Create(lastBitIsOne)).AsUInt64() & Vector256.Create((ulong)(Cells - 1));
    }

    private void CountCells(Piece piece)
    {
        var scores = piece.Scores.Span;
        var vectors = MemoryMarshal.Cast<double, Vector256<double>>(scores);
        var counts = piece.Cells;
        var mean = Vector256.Create(Mean);
        var squares = Vector256<double>.Zero;
        foreach (var vector in vectors)
        {
            var distance = vector - mean;
            squares += distance * distance;
            var cells = CellsOf(vector);
            counts[(int)cells[0]]++;
            counts[(int)cells[1]]++;
            counts[(int)cells[2]]++;
            counts[(int)cells[3]]++;
        }
        piece.Squares = Vector256.Sum(squares);
        foreach (var score in scores[(vectors.Length * Vector256<double>.Count)..])
        {
            piece.Squares += (score - Mean) * (score - Mean);
            counts[CellOf(score)]++;
        }
    }

    private (long[] Bands, long[] Histogram, IReadOnlyList<Percentile> Percentiles) LookAgain(
        IReadOnlyList<double> percentiles
    )
    {
        var cells = new long[Cells];
        foreach (var piece in _pieces)
        {
            for (var cell = 0; cell < Cells; cell++)
            {
                cells[cell] += piece.Cells[cell];
            }
        }
        var bandEnds = _model.Bands.Where(b => b.UpperEnd is not null).Select(b => CellOf(b.UpperEnd!.Value)).ToArray();
        var bucketEnds = Enumerable
            .Range(1, _histogram.Buckets + 1)
            .Select(i => CellOf(_histogram.LowerEnd(i)))
            .ToArray();
        var mixed = new bool[Cells];
        foreach (var end in bandEnds.Concat(bucketEnds))
        {
            mixed[end] = true;
        }
        var ranks = new RankedCells(percentiles, cells, Count);
        ranks.MakeRoom(_pieces.Select(p => p.Cells));
        bool[] wanted = [.. mixed.Select((isMixed, cell) => isMixed || ranks.Wants(cell))];
        ForAll(piece => LookAt(piece, mixed, wanted, ranks, Array.IndexOf(_pieces, piece)));

        var bands = new long[_model.Bands.Count];
        var buckets = new long[_histogram.Buckets + 2];
        foreach (var piece in _pieces)
        {
            Add(piece.Bands, bands);
            Add(piece.Buckets, buckets);
        }
        var (band, bucket) = (0, 0);
        for (var cell = 0; cell < Cells; cell++)
        {
            for (; band < bandEnds.Length && bandEnds[band] < cell; band++) { }
            for (; bucket < bucketEnds.Length && bucketEnds[bucket] < cell; bucket++) { }
            if (!mixed[cell])
            {
                bands[band] += cells[cell];
                buckets[bucket] += cells[cell];
            }
        }
        return (bands, buckets, ranks.Select());
    }

    private void LookAt(Piece piece, bool[] mixed, bool[] wanted, RankedCells ranks, int number)
    {
        (piece.Bands, piece.Buckets) = (new long[_model.Bands.Count], new long[_histogram.Buckets + 2]);
        // Many customers may have the same score, 0 above all.
        var (last, band, bucket) = (double.NaN, 0, 0);
        var scores = piece.Scores.Span;
        var vectors = MemoryMarshal.Cast<double, Vector256<double>>(scores);
        for (var i = 0; i < vectors.Length; i++)
        {
            var cells = CellsOf(vectors[i]);
            if (wanted[(int)cells[0]] | wanted[(int)cells[1]] | wanted[(int)cells[2]] | wanted[(int)cells[3]])
            {
                for (var lane = 0; lane < Vector256<double>.Count; lane++)
                {
                    LookAtOne(vectors[i][lane], (int)cells[lane]);
                }
            }
        }
        foreach (var score in scores[(vectors.Length * Vector256<double>.Count)..])
        {
            LookAtOne(score, CellOf(score));
        }

        void LookAtOne(double score, int cell)
        {
            if (!wanted[cell])
            {
                return;
            }
            if (mixed[cell])
            {
                if (score != last)
                {
                    (last, band, bucket) = (score, _model.BandOf(score), _histogram.BucketOf(score));
                }
                piece.Bands[band]++;
                piece.Buckets[bucket]++;
            }
            ranks.Take(number, cell, score);
        }
    }

    private static void Add(long[] counts, long[] sums)
    {
        for (var i = 0; i < sums.Length; i++)
        {
            sums[i] += counts[i];
        }
    }

    /// <summary>A stretch of the scores, small enough to stay near the processor from one pass to the next.</summary>
    private sealed class Piece(ReadOnlyMemory<double> scores)
    {
        public ReadOnlyMemory<double> Scores { get; } = scores;

        public double Sum { get; set; }

        public double Min { get; set; } = double.PositiveInfinity;

        public double Max { get; set; } = double.NegativeInfinity;

        public double Squares { get; set; }

        public int[] Cells { get; } = new int[ScoreDistribution.Cells];

        public long[] Bands { get; set; } = [];

        public long[] Buckets { get; set; } = [];
    }

    /// <summary>The scores of the cells that hold the ranks of some percentiles.</summary>
    /// <remarks>
    /// Percentiles by linear interpolation between closest ranks: rank p / 100 x (n - 1), counted from 0. Hyndman and Fan, Sample
    /// Quantiles in Statistical Packages, The American Statistician 50 (1996), type 7.
    /// </remarks>
    private sealed class RankedCells
    {
        private readonly IReadOnlyList<double> _percentiles;
        private readonly long _count;
        private readonly long[] _before = new long[Cells + 1];
        private readonly double[]?[] _scores = new double[]?[Cells];

        // By piece, then cell: where the piece's next score of that cell goes.
        private int[][] _next = [];

        public RankedCells(IReadOnlyList<double> percentiles, long[] cells, long count)
        {
            (_percentiles, _count) = (percentiles, count);
            for (var cell = 0; cell < Cells; cell++)
            {
                _before[cell + 1] = _before[cell] + cells[cell];
            }
            foreach (var percentile in percentiles)
            {
                var lower = (long)Math.Floor(RankOf(percentile));
                foreach (var rank in (long[])[lower, Math.Min(lower + 1, count - 1)])
                {
                    var cell = CellOfRank(rank);
                    _scores[cell] ??= new double[cells[cell]];
                }
            }
        }

        public bool Wants(int cell) => _scores[cell] is not null;

        public void MakeRoom(IEnumerable<int[]> cellsOfPieces)
        {
            var next = new int[Cells];
            var starts = new List<int[]>();
            foreach (var cells in cellsOfPieces)
            {
                starts.Add([.. next]);
                for (var cell = 0; cell < Cells; cell++)
                {
                    next[cell] += cells[cell];
                }
            }
            _next = [.. starts];
        }

        public void Take(int piece, int cell, double score)
        {
            if (_scores[cell] is { } scores)
            {
                scores[_next[piece][cell]++] = score;
            }
        }

        public Percentile[] Select()
        {
            var found = new Percentile[_percentiles.Count];
            for (var i = 0; i < found.Length; i++)
            {
                var rank = RankOf(_percentiles[i]);
                var lower = (long)Math.Floor(rank);
                var low = ScoreOf(lower);
                var high = lower + 1 < _count ? ScoreOf(lower + 1) : low;
                found[i] = new Percentile(_percentiles[i], low + ((rank - lower) * (high - low)));
            }
            return found;
        }

        private double RankOf(double percentile) => percentile / 100 * (_count - 1);

        private int CellOfRank(long rank)
        {
            // The last cell that begins at or before the rank; empty cells begin where the next one does.
            var cell = Array.BinarySearch(_before, rank + 1);
            return (cell < 0 ? ~cell : FirstOf(cell)) - 1;
        }

        /// <summary>The first of the cells that begin where this one does.</summary>
        private int FirstOf(int cell)
        {
            while (_before[cell - 1] == _before[cell])
            {
                cell--;
            }
            return cell;
        }

        private double ScoreOf(long rank)
        {
            var cell = CellOfRank(rank);
            return RankSelection.Select(_scores[cell], (int)(rank - _before[cell]));
        }
    }
}
