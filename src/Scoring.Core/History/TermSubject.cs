using Scoring.Core.Models;
using Scoring.Core.Names;
using Scoring.Core.Workspaces;

namespace Scoring.Core.History;

/// <summary>What terms of a model are about, so that they are told of together: all of one event type, or all of one attribute; a term that is of neither is alone.</summary>
internal sealed class TermSubject
{
    private readonly Term _term;
    private readonly HashSet<string> _passive;

    private TermSubject(IReadOnlyList<int> terms, Term term, string name, HashSet<string> passive) =>
        (Terms, _term, Name, _passive) = (terms, term, name, passive);

    /// <summary>The event type or attribute; empty for neither.</summary>
    public string Name { get; }

    /// <summary>Places of the terms in the model.</summary>
    public IReadOnlyList<int> Terms { get; }

    /// <summary>The subjects of a model's terms, in the order of their first.</summary>
    public static TermSubject[] Of(ScoringModel model, WorkspaceSettings settings)
    {
        HashSet<string> passive = [.. settings.PassiveEventTypes];
        return
        [
            .. Enumerable
                .Range(0, model.Terms.Count)
                .GroupBy(term => NameOf(model.Terms[term]) is { } name ? (name, -1) : (default, term))
                .Select(of => new TermSubject([.. of], model.Terms[of.First()], of.Key.Item1.Name ?? "", passive)),
        ];
    }

    /// <summary>Whether an event may change the quantities.</summary>
    public bool LooksAt(in PastEvent item) =>
        _term switch
        {
            EventTerm of => of.EventType == item.EventType,
            RecencyTerm { EventType: { } type } => type == item.EventType,
            FeatureTerm of => !_passive.Contains(item.EventType) && of.Features.Contains(item.Feature),
            ActiveDaysTerm or RecencyTerm => !_passive.Contains(item.EventType),
            _ => false,
        };

    private static KnownName? NameOf(Term term) =>
        term switch
        {
            EventTerm of => new(NameKind.EventType, of.EventType),
            RecencyTerm { EventType: { } type } => new(NameKind.EventType, type),
            AttributeTerm of => new(NameKind.CustomerAttribute, of.Key),
            _ => null,
        };
}
