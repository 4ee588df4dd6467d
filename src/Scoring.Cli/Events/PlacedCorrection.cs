using Scoring.V1;

namespace Scoring.Cli.Events;

/// <summary>A correction, and where it stands.</summary>
/// <param name="Place">File and line; empty for one of the command line.</param>
/// <param name="Correction">The correction.</param>
internal sealed record PlacedCorrection(string Place, EventCorrection Correction);
