using Scoring.Core.Models;

namespace Scoring.Core.Evaluation;

/// <summary>Which event types a model looks at by name.</summary>
internal static class ScoredTypes
{
    /// <summary>The types, each once.</summary>
    public static IEnumerable<string> Of(ScoringModel model) =>
        model
            .Terms.Select(term =>
                term switch
                {
                    EventTerm of => of.EventType,
                    RecencyTerm { EventType: { } type } => type,
                    _ => null,
                }
            )
            .OfType<string>()
            .Distinct(StringComparer.Ordinal);
}
