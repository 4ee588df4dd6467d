using System.Buffers;
using Scoring.Core.Segments;

namespace Scoring.Grains.Relay;

/// <summary>Tallies that were sent without their scores, for as long as some of these may be wanted.</summary>
internal sealed class KeptTallies(TimeProvider time)
{
    /// <summary>Most tallies that are kept, eight bytes for each customer of the segment. Who asks beyond that is sent every score.</summary>
    public const int Most = 16;

    // Longer than a front needs from a tally to what it wants of it.
    private static readonly TimeSpan KeepFor = TimeSpan.FromSeconds(5);

    private readonly Dictionary<Guid, SegmentTally> _kept = [];

    /// <summary>Tallies that are kept.</summary>
    public int Count
    {
        get
        {
            lock (_kept)
            {
                return _kept.Count;
            }
        }
    }

    /// <summary>Writes a tally, and keeps it if some of its scores may be wanted.</summary>
    /// <param name="asked">Names the question.</param>
    /// <param name="tally">The tally; void from then on.</param>
    /// <param name="mostScores">As many scores are written with it.</param>
    /// <param name="target">Gets what is written.</param>
    /// <returns>Whether it is kept.</returns>
    public bool Write(Guid asked, SegmentTally tally, int mostScores, IBufferWriter<byte> target)
    {
        lock (_kept)
        {
            if (_kept.Count < Most)
            {
                // Held before it is written, so that no more than may are.
                _kept[asked] = tally;
            }
            else
            {
                mostScores = int.MaxValue;
            }
        }
        var isKept = tally.WriteBriefly(target, mostScores);
        if (isKept)
        {
            _ = LetGoAsync(asked);
        }
        else
        {
            Take(asked);
        }
        return isKept;
    }

    /// <summary>The tally of a question, which is not kept from then on; null when there is none.</summary>
    public SegmentTally? Take(Guid asked)
    {
        lock (_kept)
        {
            _kept.Remove(asked, out var tally);
            return tally;
        }
    }

    private async Task LetGoAsync(Guid asked)
    {
        await Task.Delay(KeepFor, time);
        Take(asked);
    }
}
