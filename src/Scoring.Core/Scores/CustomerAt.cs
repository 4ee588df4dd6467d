using Scoring.Core.Time;

namespace Scoring.Core.Scores;

/// <summary>A customer as it is at an instant if nothing happens until then.</summary>
/// <param name="instant">The instant; not before the customer's newest event.</param>
internal delegate ScoredCustomer CustomerAt(Instant instant);
