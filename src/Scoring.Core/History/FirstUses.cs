using Scoring.Core.Populations;
using Scoring.Core.Time;
using Scoring.Core.Workspaces;

namespace Scoring.Core.History;

/// <summary>When each feature of a workspace was used first, by whomever.</summary>
/// <param name="settings">The workspace.</param>
/// <param name="knownAt">What came to be known later is left out; null for nothing.</param>
internal sealed class FirstUses(WorkspaceSettings settings, Instant? knownAt)
{
    private readonly HashSet<string> _passive = [.. settings.PassiveEventTypes];
    private readonly Dictionary<string, Instant> _features = new(StringComparer.Ordinal);

    /// <summary>The features that were used by an instant.</summary>
    public IEnumerable<string> By(Instant instant) =>
        _features.Where(used => used.Value <= instant).Select(used => used.Key);

    /// <summary>Takes a customer in.</summary>
    /// <exception cref="InvalidDataException">A record is malformed.</exception>
    public void Add(CustomerPast past)
    {
        foreach (var item in VoidedEvents.Without(past, knownAt))
        {
            if (item.Feature.Length > 0 && !_passive.Contains(item.EventType))
            {
                Note(item.Feature, item.OccurredAt);
            }
        }
        // What a merged customer brings along is in the records of that one, too.
        foreach (var opening in past.Changes.Where(change => change.Kind == ChangeKind.Opening))
        {
            var features = new List<string>();
            _ = new StoredCustomer(opening.Content.Span, new(StringComparer.Ordinal), features);
            features.ForEach(feature => Note(feature, Instant.MinValue));
        }
    }

    private void Note(string feature, Instant firstUse)
    {
        if (!_features.TryGetValue(feature, out var known) || firstUse < known)
        {
            _features[feature] = firstUse;
        }
    }
}
