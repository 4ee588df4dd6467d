using Scoring.V1;

namespace Scoring.Cli.Events;

/// <summary>A correction, and what became of it.</summary>
/// <param name="Asked">The correction.</param>
/// <param name="Result">What became of it.</param>
internal sealed record CorrectionDone(PlacedCorrection Asked, EventCorrectionResult Result);
