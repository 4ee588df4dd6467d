using Scoring.Core.Time;

namespace Scoring.Core.Segments;

/// <summary>Who will leave a band, as far as populations were looked at. Tallies of distinct customers add up.</summary>
public sealed class BandLeaverTally
{
    /// <summary>How many are in the band now.</summary>
    public long InBand { get; set; }

    /// <summary>How many of them will leave it.</summary>
    public long Leaving { get; set; }

    /// <summary>How many were left out, because their newest event lies too far ahead.</summary>
    public long Ahead { get; set; }

    /// <summary>The newest event of those who were looked at; <see cref="Instant.MinValue"/> when there is none.</summary>
    public Instant NewestEvent { get; set; } = Instant.MinValue;

    /// <summary>Those who leave first, by time.</summary>
    public List<BandLeaver> Soonest { get; init; } = [];

    /// <summary>Takes a customer that will leave the band.</summary>
    /// <param name="leaver">The customer.</param>
    /// <param name="count">How many are named.</param>
    public void Place(BandLeaver leaver, int count)
    {
        var at = ~Soonest.BinarySearch(leaver, BandLeaver.SoonestFirst);
        if (at >= count)
        {
            return;
        }
        Soonest.Insert(at, leaver);
        if (Soonest.Count > count)
        {
            Soonest.RemoveAt(count);
        }
    }

    /// <summary>Adds the tally of other customers.</summary>
    /// <param name="other">The tally.</param>
    /// <param name="count">How many are named.</param>
    public void Add(BandLeaverTally other, int count)
    {
        InBand += other.InBand;
        Leaving += other.Leaving;
        Ahead += other.Ahead;
        NewestEvent = Instant.Max(NewestEvent, other.NewestEvent);
        foreach (var leaver in other.Soonest)
        {
            Place(leaver, count);
        }
    }
}
