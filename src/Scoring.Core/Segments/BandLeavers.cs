using Scoring.Core.Time;

namespace Scoring.Core.Segments;

/// <summary>Who in a segment will leave a band if nothing more happens.</summary>
/// <param name="ModelName">The model that was used.</param>
/// <param name="ModelVersion">Its version.</param>
/// <param name="Band">Name of the band.</param>
/// <param name="ReadTime">The instant that is now.</param>
/// <param name="Tally">How many there are, and those who leave first.</param>
public sealed record BandLeavers(
    string ModelName,
    int ModelVersion,
    string Band,
    Instant ReadTime,
    BandLeaverTally Tally
);
