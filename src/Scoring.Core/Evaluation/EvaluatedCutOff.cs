using Scoring.Core.Time;

namespace Scoring.Core.Evaluation;

/// <summary>Who was looked at at one cut-off.</summary>
/// <param name="Time">The cut-off.</param>
/// <param name="Customers">How many customers were.</param>
/// <param name="Happened">To how many of them it happened within the horizon.</param>
/// <param name="LeftOut">Who met the filter and was not looked at: it had happened to them before, or they were merged into another customer within the horizon.</param>
/// <param name="LateEvents">Events of all customers that had occurred, and came to be known later.</param>
public sealed record EvaluatedCutOff(Instant Time, int Customers, int Happened, long LeftOut, long LateEvents)
{
    /// <summary>Who was looked at at each cut-off of a query.</summary>
    internal static IEnumerable<EvaluatedCutOff> Of(EvaluationQuery query, EvaluationPart part) =>
        part.CutOffs.Select(
            (rows, i) => new EvaluatedCutOff(query.CutOffs[i], rows.Count, rows.Happened, rows.LeftOut, rows.LateEvents)
        );
}
