namespace Scoring.Core.Models;

/// <summary>How long ago the customer was active last. It has either steps or a half-life; a customer who never was active has a quantity of 0.</summary>
/// <param name="Steps">
/// The whole UTC days since the newest active one, 0 on that day itself, have the quantity of the step that they lie in; 0 below all steps.
/// </param>
/// <param name="HalfLifeDays">
/// The quantity is 1 at the beginning of the newest active UTC day and halves with this many days, one of the workspace's half-lives; 0 where there are steps.
/// </param>
/// <param name="Weight">Points per unit of quantity.</param>
/// <param name="Cap">The most of the quantity that counts; null means no limit, and always with a half-life.</param>
public sealed record RecencyTerm(IReadOnlyList<Step> Steps, int HalfLifeDays, double Weight, double? Cap = null)
    : Term(Weight, Cap);
