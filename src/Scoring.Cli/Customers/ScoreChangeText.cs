using Scoring.Cli.Models;
using Scoring.Cli.Terminal;
using Scoring.V1;

namespace Scoring.Cli.Customers;

/// <summary>The parts of a change of a score in words.</summary>
internal static class ScoreChangeText
{
    /// <summary>What a part is about. That of a limit is what is limited, if it is a term; all others are the same for every term.</summary>
    public static string SubjectOf(ScoreChangePart part) =>
        part is { Kind: ScoreChangeKind.Limit, Term: { } term }
            ? TermText.Of(term) ?? $"{term.EventType}, {HalfLife(term.HalfLifeDays)}"
            : part.Subject;

    /// <summary>A part of a change that one version of the model scores.</summary>
    public static string Of(ScoreChangePart part) => Of(new(), part.Kind, SubjectOf(part), part.EventCount);

    /// <summary>A part, or several that are about the same.</summary>
    /// <param name="change">What they are parts of.</param>
    /// <param name="kind">Their reason.</param>
    /// <param name="subject">What they are about.</param>
    /// <param name="events">How many events they are made of.</param>
    public static string Of(ExplainScoreChangeResponse change, ScoreChangeKind kind, string subject, long events) =>
        kind switch
        {
            ScoreChangeKind.Events => $"{Words.Count(events, "event")}{With(" of type ", subject)}",
            ScoreChangeKind.LateEvents => $"{Words.Count(events, "late event")}{With(" of type ", subject)}",
            ScoreChangeKind.Decay => $"Decay{With(" of ", subject)}",
            ScoreChangeKind.Limit => subject.Length > 0 ? $"Limit of {subject}" : "Floor or ceiling",
            ScoreChangeKind.Attributes => $"Attributes{With(": ", subject)}",
            ScoreChangeKind.Adjustment => "Adjustment by hand",
            ScoreChangeKind.Merge => $"Merged customers{With(": ", subject)}",
            ScoreChangeKind.Model when change.From is { } from =>
                $"Model: version {change.To.ModelVersion} instead of {from.ModelVersion}",
            ScoreChangeKind.Pruning => $"Removed names{With(": ", subject)}",
            ScoreChangeKind.Correction => $"{Words.Count(events, "corrected event")}{With(" of type ", subject)}",
            _ => $"{kind}{With(": ", subject)}",
        };

    private static string With(string before, string subject) => subject.Length > 0 ? before + subject : "";

    private static string HalfLife(int halfLifeDays) =>
        halfLifeDays == 0 ? "lifetime" : $"half-life of {Words.Count(halfLifeDays, "day")}";
}
