using System.Text;
using Scoring.Core.Accounts;
using Scoring.Core.Models;
using Scoring.Core.Populations;
using Scoring.Core.Time;
using Scoring.Core.Workspaces;

namespace Scoring.Core.History;

/// <summary>Tallies an account at instants of the past, from the records of everybody: nobody else knows who belonged to it.</summary>
/// <remarks>
/// Brought back are those whose records name the account. Of the others no more is wanted than which features there were, and only where every feature ever used is a key feature.
/// </remarks>
/// <param name="query">The account, the instants, and what is known.</param>
/// <param name="model">The model whose bands are counted.</param>
/// <param name="settings">The workspace.</param>
public sealed class PastAccountScan(AccountHealthHistoryQuery query, ScoringModel model, WorkspaceSettings settings)
{
    // So many are brought back together: few enough for their records to fit into memory.
    private const int CustomersTogether = 4_096;
    private readonly string _accountId = query.Query.AccountId;
    private readonly byte[] _utf8 = Encoding.UTF8.GetBytes(query.Query.AccountId);
    private readonly HashSet<string> _passive = [.. settings.PassiveEventTypes];

    // By name, when a feature was first used, of all that is known.
    private readonly Dictionary<string, Instant> _features = new(StringComparer.Ordinal);
    private readonly List<CustomerPast> _members = [];
    private AccountTally[]? _tallies;

    /// <summary>Takes a customer in.</summary>
    /// <exception cref="InvalidDataException">A record is malformed.</exception>
    public void Add(CustomerPast past)
    {
        if (settings.KeyFeatures.Count == 0)
        {
            NoteFeatures(past);
        }
        if (past.Events.Any(item => item.AccountId == _accountId) || past.Changes.Any(NamesAccount))
        {
            _members.Add(past);
        }
        if (_members.Count == CustomersTogether)
        {
            TallyMembers();
        }
    }

    /// <summary>Gives a tally for each instant, once everybody is there.</summary>
    public IReadOnlyList<AccountTally> End()
    {
        if (_members.Count > 0 || _tallies is null)
        {
            TallyMembers();
        }
        for (var i = 0; i < _tallies!.Length; i++)
        {
            _tallies[i].AddFeatures(_features.Where(used => used.Value <= query.Times[i]).Select(used => used.Key));
        }
        return _tallies;
    }

    private void TallyMembers()
    {
        var population = new Population(settings);
        CustomerReplay[] replays = [.. _members.Select(past => new CustomerReplay(past, population, query.KnownAt))];
        var tallies = new AccountTally[query.Times.Count];
        for (var i = 0; i < tallies.Length; i++)
        {
            var time = query.Times[i];
            foreach (var replay in replays)
            {
                replay.MoveTo(time);
            }
            var tally = population.TallyAccount(_accountId, model, query.Query.WindowDays, time);
            tallies[i] = _tallies is null ? tally : AccountTally.Merge([_tallies[i], tally]);
        }
        _tallies = tallies;
        _members.Clear();
    }

    /// <summary>Whether a change may have made the customer belong to the account.</summary>
    private bool NamesAccount(PastChange change) =>
        change.Kind switch
        {
            ChangeKind.Update => ChangeCodec.ReadUpdate("", change.Content.Span).AccountId == _accountId,
            ChangeKind.Opening or ChangeKind.Adoption => new StoredCustomer(
                change.Content.Span,
                new(StringComparer.Ordinal)
            ).Account.SequenceEqual(_utf8),
            _ => false,
        };

    private void NoteFeatures(CustomerPast past)
    {
        foreach (var item in VoidedEvents.Without(past, query.KnownAt))
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
