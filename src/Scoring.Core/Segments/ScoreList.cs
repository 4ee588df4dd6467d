using System.Buffers;

namespace Scoring.Core.Segments;

/// <summary>The scores of one part of a segment, in rented memory.</summary>
internal sealed class ScoreList
{
    private double[] _scores = [];

    /// <summary>How many there are.</summary>
    public int Count { get; private set; }

    /// <summary>Their mean, spread and range, once there is one.</summary>
    public Moments Moments { get; private set; }

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

    /// <summary>Adds the first so many in <see cref="Room"/>.</summary>
    public void Add(int scores)
    {
        if (scores == 0)
        {
            return;
        }
        var added = Room[..scores];
        Moments = Count == 0 ? Moments.Of(added) : Moments.Merge(Moments, Moments.Of(added));
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
}
