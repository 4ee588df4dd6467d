using Scoring.Core.Models;
using Scoring.Core.Workspaces;

namespace Scoring.Core.Names;

/// <summary>The names that the models and settings of a workspace use: they are not removed, and of event types and features they have room always.</summary>
public sealed class UsedNames
{
    private readonly Dictionary<KnownName, List<string>> _users = [];

    /// <summary>The names that settings and models use.</summary>
    public UsedNames(WorkspaceSettings settings, IEnumerable<ScoringModel> models)
    {
        Add(NameKind.EventType, settings.PassiveEventTypes, "setting PassiveEventTypes");
        Add(NameKind.EventType, settings.Lifecycle.EndingEventTypes, "setting EndingEventTypes");
        Add(NameKind.EventType, settings.Lifecycle.ReturningEventTypes, "setting ReturningEventTypes");
        Add(NameKind.Feature, settings.KeyFeatures, "setting KeyFeatures");
        foreach (var model in models)
        {
            foreach (var name in model.Terms.SelectMany(Of).Distinct())
            {
                Add(name, $"model {model.Name}");
            }
        }
    }

    /// <summary>All of them.</summary>
    public IReadOnlySet<KnownName> All => _users.Keys.ToHashSet();

    /// <summary>Those that have room always. Keys of attributes are counted whether they are used or not.</summary>
    public IReadOnlySet<KnownName> Reserved =>
        _users.Keys.Where(name => name.Kind is NameKind.EventType or NameKind.Feature).ToHashSet();

    /// <summary>The names that a term uses.</summary>
    public static IEnumerable<KnownName> Of(Term term) =>
        term switch
        {
            EventTerm events => [new(NameKind.EventType, events.EventType)],
            FeatureTerm features => features.Features.Select(feature => new KnownName(NameKind.Feature, feature)),
            RecencyTerm { EventType: { } type } => [new(NameKind.EventType, type)],
            AttributeTerm attribute => [new(NameKind.CustomerAttribute, attribute.Key)],
            _ => [],
        };

    /// <summary>What uses a name; empty when nothing does.</summary>
    public IReadOnlyList<string> UsersOf(KnownName name) => _users.GetValueOrDefault(name, []);

    private void Add(NameKind kind, IEnumerable<string> names, string user)
    {
        foreach (var name in names)
        {
            Add(new KnownName(kind, name), user);
        }
    }

    private void Add(KnownName name, string user)
    {
        if (!_users.TryGetValue(name, out var users))
        {
            _users.Add(name, users = []);
        }
        users.Add(user);
    }
}
