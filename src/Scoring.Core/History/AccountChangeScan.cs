using Scoring.Core.Accounts;
using Scoring.Core.Models;
using Scoring.Core.Populations;
using Scoring.Core.Time;
using Scoring.Core.Workspaces;

namespace Scoring.Core.History;

/// <summary>Brings an account's customers from one instant to another, step by step, from the records of everybody: nobody else knows who belonged to it.</summary>
/// <param name="query">The account, the instants, and what is known.</param>
/// <param name="model">The model whose bands are counted.</param>
/// <param name="settings">The workspace.</param>
public sealed class AccountChangeScan(AccountHealthChangeQuery query, ScoringModel model, WorkspaceSettings settings)
{
    // So many are brought back together: few enough for their records to fit into memory.
    private const int CustomersTogether = 4_096;
    private readonly NamedAccount _account = new(query.Query.AccountId);
    private readonly FirstUses _features = new(settings, query.KnownAt);
    private readonly List<CustomerPast> _members = [];
    private AccountChangeTally? _tally;

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

    /// <summary>Gives the tally, once everybody is there.</summary>
    public AccountChangeTally End()
    {
        if (_members.Count > 0 || _tally is null)
        {
            TallyMembers();
        }
        _tally!.From.AddFeatures(_features.By(query.From));
        _tally.To.AddFeatures(_features.By(query.To));
        return _tally;
    }

    private void TallyMembers()
    {
        var (first, second) = (new Population(settings), new Population(settings));
        var before = ReplaysTo(query.From, first);
        var after = ReplaysTo(query.To, second);
        var from = Tally(first, query.From);
        var steps = new AccountSteps(query, model, settings, first, before, second, after).Take();
        var tally = new AccountChangeTally(
            from,
            [.. steps, new(AccountChangeKind.Pruning, "", 0, 0, Tally(second, query.To))]
        );
        _tally = _tally is null ? tally : AccountChangeTally.Merge([_tally, tally]);
        _members.Clear();
    }

    private AccountTally Tally(Population population, Instant instant) =>
        population.TallyAccount(query.Query.AccountId, model, query.Query.WindowDays, instant);

    private CustomerReplay[] ReplaysTo(Instant instant, Population population)
    {
        CustomerReplay[] replays = [.. _members.Select(past => new CustomerReplay(past, population, query.KnownAt))];
        Array.ForEach(replays, replay => replay.MoveTo(instant));
        return replays;
    }
}
