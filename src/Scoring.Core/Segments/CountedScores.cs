using System.Buffers;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Scoring.Core.Segments;

/// <summary>The scores of one part of a segment, counted by cell while they are near the processor.</summary>
internal sealed class CountedScores
{
    private readonly int[] _counts = new int[ScoreCells.Count];
    private double[] _scores = [];
    private ScoreCells? _cells;

    /// <summary>How many there are.</summary>
    public int Count { get; private set; }

    /// <summary>Their mean, spread and range, once there is one.</summary>
    public Moments Moments { get; private set; }

    /// <summary>How many of them each cell has.</summary>
    public ReadOnlySpan<int> Counts => _counts;

    /// <summary>All of them.</summary>
    public ReadOnlySpan<double> All => _scores.AsSpan(0, Count);

    /// <summary>Room for those that are added next.</summary>
    public Span<double> Room => _scores.AsSpan(Count);

    /// <summary>Makes room for so many in all.</summary>
    public void Reserve(int scores)
    {
        if (_scores.Length < scores)
        {
            var larger = ArrayPool<double>.Shared.Rent(scores);
            All.CopyTo(larger);
            Release();
            _scores = larger;
        }
    }

    /// <summary>What they are counted by, once that is known; what was added before is counted then.</summary>
    public ScoreCells? Cells
    {
        get => _cells;
        set
        {
            if (!ReferenceEquals(_cells, value))
            {
                _cells = value;
                Array.Clear(_counts);
                CountByCell(All);
            }
        }
    }

    /// <summary>Adds the first so many in <see cref="Room"/>.</summary>
    public void Add(int scores)
    {
        if (scores == 0)
        {
            return;
        }
        var added = Room[..scores];
        Moments = Count == 0 ? Moments.Of(added) : Moments.Merge([Moments, Moments.Of(added)]);
        CountByCell(added);
        Count += scores;
    }

    /// <summary>Gives their memory back. They are void.</summary>
    public void Release()
    {
        if (_scores.Length > 0)
        {
            ArrayPool<double>.Shared.Return(_scores);
            _scores = [];
        }
    }

    private void CountByCell(ReadOnlySpan<double> scores)
    {
        if (_cells is null)
        {
            return;
        }
        // A cell is always one of those that there are.
        ref var counts = ref MemoryMarshal.GetArrayDataReference(_counts);
        var vectors = MemoryMarshal.Cast<double, Vector256<double>>(scores);
        foreach (ref readonly var vector in vectors)
        {
            var cells = _cells.CellsOf(vector);
            Unsafe.Add(ref counts, (nint)cells[0])++;
            Unsafe.Add(ref counts, (nint)cells[1])++;
            Unsafe.Add(ref counts, (nint)cells[2])++;
            Unsafe.Add(ref counts, (nint)cells[3])++;
        }
        foreach (var score in scores[(vectors.Length * Vector256<double>.Count)..])
        {
            _counts[_cells.CellOf(score)]++;
        }
    }
}
