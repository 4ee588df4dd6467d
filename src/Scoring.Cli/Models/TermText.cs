using System.Globalization;
using Scoring.Cli.Terminal;
using Scoring.V1;

namespace Scoring.Cli.Models;

/// <summary>What a term of a model counts, in words.</summary>
internal static class TermText
{
    private const int FewFeatures = 3;

    /// <summary>What a term of another kind than events counts; null for one of events.</summary>
    public static string? Of(Term term) =>
        term.KindCase switch
        {
            Term.KindOneofCase.Feature => Of(term.Feature),
            Term.KindOneofCase.Attribute => Of(term.Attribute),
            Term.KindOneofCase.Recency => Of(term.Recency),
            Term.KindOneofCase.ActiveDays => Of(term.ActiveDays),
            _ => null,
        };

    /// <summary>The same, in short, of what is behind a part of a score: its model has the names of many features.</summary>
    public static string? Of(Contribution part) =>
        part.KindCase switch
        {
            Contribution.KindOneofCase.Feature => Of(part.Feature, FewFeatures),
            Contribution.KindOneofCase.Attribute => Of(part.Attribute),
            Contribution.KindOneofCase.Recency => Of(part.Recency),
            Contribution.KindOneofCase.ActiveDays => Of(part.ActiveDays),
            Contribution.KindOneofCase.Adjustment => $"by hand, {Of(part.Adjustment)}",
            Contribution.KindOneofCase.CutOff => part.CutOff switch
            {
                CutOff.Floor => "lifted to the floor",
                CutOff.Ceiling => "cut off by the ceiling",
                _ => $"cut off by the cap of {part.Dimension}",
            },
            _ => null,
        };

    /// <summary>What a part of a score counts: what <see cref="Of(Contribution)"/> says, or its event type.</summary>
    public static string NameOf(Contribution part) => Of(part) ?? part.EventType;

    /// <summary>What an adjustment does with a score.</summary>
    public static string Of(ScoreAdjustment adjustment) =>
        adjustment.HasSetScore
            ? $"set to {Number(adjustment.SetScore)}"
            : $"{adjustment.AddScore.ToString("+#,0.###;-#,0.###;0", CultureInfo.InvariantCulture)}";

    /// <summary>How long an adjustment holds.</summary>
    public static string HowLong(ScoreAdjustment adjustment) =>
        adjustment.ExpireTime is null ? "until it is removed" : $"until {Words.Instant(adjustment.ExpireTime)}";

    private static string Of(FeatureTerm term, int mostNames = int.MaxValue)
    {
        var names =
            term.Features.Count > mostNames
                ? Words.Count(term.Features.Count, "feature")
                : string.Join(", ", term.Features);
        var window = term.WindowDays == 0 ? "" : $" ({Words.Count(term.WindowDays, "day")})";
        return term.Measure == FeatureMeasure.Distinct ? $"how many of {names} are used{window}" : $"uses of {names}";
    }

    private static string Of(AttributeTerm term) =>
        term.Steps.Count > 0 ? $"{term.Key}, {Of(term.Steps)}"
        : term.Values.Count == 1 ? $"{term.Key} = {term.Values[0]}"
        : $"{term.Key} one of {string.Join(", ", term.Values)}";

    private static string Of(RecencyTerm term)
    {
        var (what, since) = term.EventType.Length > 0 ? ($" of {term.EventType}", term.EventType) : ("", "active");
        return term.HalfLifeDays > 0
            ? $"recency{what} ({Words.Count(term.HalfLifeDays, "day")})"
            : $"days since {since}, {Of(term.Steps)}";
    }

    private static string Of(ActiveDaysTerm term) => $"active days ({Words.Count(term.WindowDays, "day")})";

    private static string Of(IEnumerable<Step> steps) =>
        string.Join(", ", steps.Select(step => $"{Number(step.Quantity)} from {Number(step.From)}"));

    private static string Number(double value) => value.ToString("R", CultureInfo.InvariantCulture);
}
