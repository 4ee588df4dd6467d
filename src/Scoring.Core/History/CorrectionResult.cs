using Scoring.Core.Time;

namespace Scoring.Core.History;

/// <summary>What became of the correction of an event.</summary>
/// <param name="Outcome">That.</param>
/// <param name="Since">
/// Of <see cref="CorrectionOutcome.BeforeHistory"/>, events that were received from this instant on can be corrected; of <see cref="CorrectionOutcome.BeforeMerge"/>, when the newest merge
/// was received. Null otherwise.
/// </param>
/// <param name="Message">Of <see cref="CorrectionOutcome.LimitExceeded"/>, which limit; empty otherwise.</param>
public sealed record CorrectionResult(CorrectionOutcome Outcome, Instant? Since = null, string Message = "");
