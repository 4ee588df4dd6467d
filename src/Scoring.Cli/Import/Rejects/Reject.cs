using Scoring.Cli.Import.Sources;

namespace Scoring.Cli.Import.Rejects;

/// <summary>A row that was not taken.</summary>
/// <param name="Row">The row.</param>
/// <param name="Rule">The rule that would have taken it (<see cref="Mapping.Rule.Key"/>); empty when the row could not be read at all.</param>
/// <param name="Reason">Why, for programs.</param>
/// <param name="Message">Why, for people.</param>
internal sealed record Reject(Row Row, string Rule, string Reason, string Message);
