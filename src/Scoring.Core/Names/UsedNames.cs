using Scoring.Core.Models;
using Scoring.Core.Workspaces;

namespace Scoring.Core.Names;

/// <summary>The names that the models and settings of a workspace use: they have room always, whatever else was sent.</summary>
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
            Add(NameKind.EventType, model.Terms.Select(term => term.EventType).Distinct(), $"model {model.Name}");
        }
    }

    /// <summary>All of them.</summary>
    public IReadOnlySet<KnownName> All => _users.Keys.ToHashSet();

    /// <summary>What uses a name; empty when nothing does.</summary>
    public IReadOnlyList<string> UsersOf(KnownName name) => _users.GetValueOrDefault(name, []);

    private void Add(NameKind kind, IEnumerable<string> names, string user)
    {
        foreach (var name in names)
        {
            var known = new KnownName(kind, name);
            if (!_users.TryGetValue(known, out var users))
            {
                _users.Add(known, users = []);
            }
            users.Add(user);
        }
    }
}
