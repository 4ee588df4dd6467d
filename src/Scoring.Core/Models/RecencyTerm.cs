using System.Text.Json.Serialization;

namespace Scoring.Core.Models;

/// <summary>
/// How long ago the customer was active last, or had its newest event of one type. It has either steps or a half-life; where there is no such day, or it is not known,
/// the quantity is 0.
/// </summary>
/// <param name="Steps">The whole UTC days since that day, 0 on the day itself, have the quantity of the step that they lie in; 0 below all steps.</param>
/// <param name="HalfLifeDays">
/// The quantity is 1 at the beginning of that UTC day and halves with this many days, one of the workspace's half-lives; 0 where there are steps.
/// </param>
/// <param name="Weight">Points per unit of quantity.</param>
/// <param name="Cap">The most of the quantity that counts; null means no limit, and always with a half-life.</param>
public sealed record RecencyTerm(IReadOnlyList<Step> Steps, int HalfLifeDays, double Weight, double? Cap = null)
    : Term(Weight, Cap)
{
    /// <summary>
    /// The event type whose newest event counts, whether it makes customers active or not; null for the newest active day.
    /// </summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? EventType { get; init; }
}
