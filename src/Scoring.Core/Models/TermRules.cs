using System.Text;
using Scoring.Core.Workspaces;

namespace Scoring.Core.Models;

/// <summary>What makes the terms of a model valid.</summary>
internal static class TermRules
{
    /// <summary>Adds the faults of terms, whose texts are as an earlier build took them.</summary>
    public static void Check(ScoringModel model, WorkspaceSettings workspace, List<ModelFault> faults)
    {
        var terms = model.Terms;
        if (terms.Count is < 1 or > Limits.Terms)
        {
            faults.Add(new("terms", $"must be 1 to {Limits.Terms} terms"));
        }
        if (terms.Sum(term => Texts(term, "").Sum(text => Encoding.UTF8.GetByteCount(text.Text))) > Limits.TermsBytes)
        {
            faults.Add(new("terms", $"must have names and values of {Limits.TermsBytes:N0} bytes in all at most"));
        }
        if (terms.Sum(term => StepsOf(term).Count) > Limits.TermsSteps)
        {
            faults.Add(new("terms", $"must have {Limits.TermsSteps:N0} steps in all at most"));
        }
        var seen = new Dictionary<string, int>(StringComparer.Ordinal);
        for (var i = 0; i < terms.Count; i++)
        {
            var (term, field) = (terms[i], $"terms[{i}]");
            CheckKind(term, field, workspace, faults);
            CheckDimension(term, $"{field}.dimension", model.Dimensions, faults);
            if (!double.IsFinite(term.Weight) || Math.Abs(term.Weight) > Limits.Value)
            {
                faults.Add(new($"{field}.weight", "must be -1e12 to 1e12"));
            }
            if (term.Cap is { } cap && !(cap is >= Limits.SmallestDivisor and <= Limits.Value))
            {
                faults.Add(new($"{field}.cap", "must be 1e-6 to 1e12, or absent for no limit"));
            }
            if (!seen.TryAdd(QuantityOf(term), i))
            {
                var what = term is EventTerm ? "event type, half-life and measure" : "all but weight and cap";
                faults.Add(new(field, $"repeats {what} of terms[{seen[QuantityOf(term)]}]; add up their weights"));
            }
        }
    }

    /// <summary>The texts of a model's terms, each with its field.</summary>
    public static IEnumerable<(string Field, string Text)> TextsOf(ScoringModel model) =>
        model.Terms.SelectMany((term, i) => Texts(term, $"terms[{i}]"));

    private static void CheckKind(Term term, string field, WorkspaceSettings workspace, List<ModelFault> faults)
    {
        switch (term)
        {
            case EventTerm events:
                CheckName(events.EventType, $"{field}.event_type", Limits.NameBytes, faults);
                CheckHalfLife(events.HalfLifeDays, $"{field}.half_life_days", workspace, faults);
                break;
            case FeatureTerm feature:
                CheckFeature(feature, $"{field}.feature", faults);
                break;
            case AttributeTerm attribute:
                CheckAttribute(attribute, $"{field}.attribute", faults);
                break;
            case ActiveDaysTerm { WindowDays: < 1 or > Limits.ActiveDaysWindow }:
                faults.Add(new($"{field}.active_days.window_days", $"must be 1 to {Limits.ActiveDaysWindow}"));
                break;
            case RecencyTerm recency:
                CheckRecency(recency, field, workspace, faults);
                break;
        }
    }

    private static void CheckHalfLife(int days, string field, WorkspaceSettings workspace, List<ModelFault> faults)
    {
        if (days != 0 && !workspace.HalfLivesDays.Contains(days))
        {
            var known = string.Join(", ", workspace.HalfLivesDays);
            faults.Add(new(field, $"must be 0 (lifetime) or a half-life of workspace '{workspace.Name}': {known}"));
        }
    }

    private static void CheckFeature(FeatureTerm term, string field, List<ModelFault> faults)
    {
        if (term.Features.Count is < 1 or > Limits.TermValues)
        {
            faults.Add(new($"{field}.features", $"must be 1 to {Limits.TermValues} features"));
        }
        CheckNames(term.Features, $"{field}.features", Limits.NameBytes, faults);
        if (term.Measure == FeatureMeasure.Uses && term.WindowDays != 0)
        {
            faults.Add(
                new($"{field}.window_days", "must be 0 where uses are counted: when each of them was is not known")
            );
        }
        else if (term.WindowDays is < 0 or > Limits.FilterAgeDays)
        {
            faults.Add(new($"{field}.window_days", $"must be 0 (for ever) to {Limits.FilterAgeDays:N0}"));
        }
    }

    private static void CheckAttribute(AttributeTerm term, string field, List<ModelFault> faults)
    {
        CheckName(term.Key, $"{field}.key", Limits.AttributeKeyBytes, faults);
        if ((term.Values.Count > 0) == (term.Steps.Count > 0) || term.Values.Count > Limits.TermValues)
        {
            faults.Add(new(field, $"must have either 1 to {Limits.TermValues} values, or steps"));
        }
        CheckNames(term.Values, $"{field}.values", Limits.AttributeValueBytes, faults);
        CheckSteps(term.Steps, $"{field}.steps", faults);
    }

    private static void CheckRecency(
        RecencyTerm term,
        string field,
        WorkspaceSettings workspace,
        List<ModelFault> faults
    )
    {
        if (term.EventType is { } type)
        {
            CheckName(type, $"{field}.recency.event_type", Limits.NameBytes, faults);
        }
        if ((term.Steps.Count > 0) == (term.HalfLifeDays != 0))
        {
            faults.Add(new($"{field}.recency", "must have either steps or a half-life"));
        }
        if (term.HalfLifeDays != 0 && !workspace.HalfLivesDays.Contains(term.HalfLifeDays))
        {
            var known = string.Join(", ", workspace.HalfLivesDays);
            faults.Add(
                new($"{field}.recency.half_life_days", $"must be a half-life of workspace '{workspace.Name}': {known}")
            );
        }
        if (term is { HalfLifeDays: not 0, Cap: not null })
        {
            faults.Add(new($"{field}.cap", "must be absent: what halves from 1 on is never more"));
        }
        CheckSteps(term.Steps, $"{field}.recency.steps", faults);
        for (var i = 0; i < term.Steps.Count; i++)
        {
            if (!(term.Steps[i].From is >= 0 and <= Limits.FilterAgeDays && double.IsInteger(term.Steps[i].From)))
            {
                faults.Add(
                    new($"{field}.recency.steps[{i}].from", $"must be whole days, 0 to {Limits.FilterAgeDays:N0}")
                );
            }
        }
    }

    private static void CheckDimension(
        Term term,
        string field,
        IReadOnlyList<Dimension> dimensions,
        List<ModelFault> faults
    )
    {
        if (dimensions.Count == 0 && term.Dimension is not null)
        {
            faults.Add(new(field, "must be empty: the model has no dimensions"));
        }
        else if (dimensions.Count > 0 && dimensions.All(dimension => dimension.Name != term.Dimension))
        {
            var known = string.Join(", ", dimensions.Select(dimension => dimension.Name));
            faults.Add(new(field, $"must be one of the model's dimensions: {known}"));
        }
    }

    private static void CheckSteps(IReadOnlyList<Step> steps, string field, List<ModelFault> faults)
    {
        for (var i = 0; i < steps.Count; i++)
        {
            if (!(Math.Abs(steps[i].From) <= Limits.Value) || (i > 0 && !(steps[i].From > steps[i - 1].From)))
            {
                faults.Add(new($"{field}[{i}].from", "must be -1e12 to 1e12 and above that of the step before it"));
            }
            if (!(Math.Abs(steps[i].Quantity) <= Limits.Value))
            {
                faults.Add(new($"{field}[{i}].quantity", "must be -1e12 to 1e12"));
            }
        }
    }

    private static void CheckNames(IReadOnlyList<string> names, string field, int bytes, List<ModelFault> faults)
    {
        var seen = new HashSet<string>(StringComparer.Ordinal);
        for (var i = 0; i < names.Count; i++)
        {
            CheckName(names[i], $"{field}[{i}]", bytes, faults);
            if (!seen.Add(names[i]))
            {
                faults.Add(new($"{field}[{i}]", "is given twice"));
            }
        }
    }

    private static void CheckName(string name, string field, int bytes, List<ModelFault> faults)
    {
        if (Encoding.UTF8.GetByteCount(name) is var count && (count < 1 || count > bytes))
        {
            faults.Add(new(field, $"must be 1 to {bytes} bytes"));
        }
    }

    private static IReadOnlyList<Step> StepsOf(Term term) =>
        term switch
        {
            AttributeTerm attribute => attribute.Steps,
            RecencyTerm recency => recency.Steps,
            _ => [],
        };

    private static IEnumerable<(string Field, string Text)> Texts(Term term, string field) =>
        term switch
        {
            EventTerm events => [($"{field}.event_type", events.EventType)],
            FeatureTerm feature => feature.Features.Select((name, i) => ($"{field}.feature.features[{i}]", name)),
            AttributeTerm attribute =>
            [
                ($"{field}.attribute.key", attribute.Key),
                .. attribute.Values.Select((value, i) => ($"{field}.attribute.values[{i}]", value)),
            ],
            RecencyTerm { EventType: { } type } => [($"{field}.recency.event_type", type)],
            _ => [],
        };

    /// <summary>What a term counts: the same for two that could be one.</summary>
    private static string QuantityOf(Term term) =>
        term switch
        {
            EventTerm events => $"event {events.HalfLifeDays} {events.Measure} {events.EventType}",
            FeatureTerm feature =>
                $"feature {feature.Measure} {feature.WindowDays} {string.Join('\n', feature.Features.Order(StringComparer.Ordinal))}",
            AttributeTerm attribute =>
                $"attribute {attribute.Key}\n{string.Join('\n', attribute.Values.Order(StringComparer.Ordinal))}\n{string.Join('\n', attribute.Steps)}",
            ActiveDaysTerm active => $"active days {active.WindowDays}",
            RecencyTerm recency =>
                $"recency {recency.HalfLifeDays} {recency.EventType}\n{string.Join('\n', recency.Steps)}",
            _ => throw new ArgumentException($"{term.GetType().Name} is no kind of term.", nameof(term)),
        };
}
