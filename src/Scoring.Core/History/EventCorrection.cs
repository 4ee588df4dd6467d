namespace Scoring.Core.History;

/// <summary>Voids an event that was recorded wrongly, or puts another one in its place.</summary>
/// <param name="CustomerId">The customer; an id that was merged stands for its survivor.</param>
/// <param name="Event">The event as it was recorded.</param>
/// <param name="Replacement">What is recorded instead, of the same customer; null for nothing.</param>
/// <param name="CorrectionId">Identifies the correction among those of its customer, so that a retry changes nothing; empty for none.</param>
public sealed record EventCorrection(
    string CustomerId,
    CorrectedEvent Event,
    CorrectedEvent? Replacement = null,
    string CorrectionId = ""
);
