using Scoring.Core.Accounts;
using Scoring.Core.Models;
using Scoring.Core.Populations;
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
    private readonly NamedAccount _account = new(query.Query.AccountId);
    private readonly FirstUses _features = new(settings, query.KnownAt);
    private readonly List<CustomerPast> _members = [];
    private AccountTally[]? _tallies;

    /// <summary>Takes a customer in.</summary>
    /// <exception cref="InvalidDataException">A record is malformed.</exception>
    public void Add(CustomerPast past)
    {
        if (settings.KeyFeatures.Count == 0)
        {
            _features.Add(past);
        }
        if (_account.IsNamedBy(past))
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
            _tallies[i].AddFeatures(_features.By(query.Times[i]));
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
}
