using Scoring.Core.Models;
using Scoring.Core.Populations;
using Scoring.Core.Workspaces;

namespace Scoring.Core.History;

/// <summary>Has happen to customers of an account what happened to them between two instants, kind by kind, and tallies them after each step.</summary>
/// <remarks>
/// All steps are read at the second instant. What comes of a customer's changes before names are removed is taken in the order of receipt; removed names, and what was changed behind them, are left to the last step,
/// which is the second instant itself.
/// </remarks>
/// <param name="query">The account, and the instants.</param>
/// <param name="model">The model whose bands are counted.</param>
/// <param name="settings">The workspace.</param>
/// <param name="first">The customers at the first instant; they are brought on.</param>
/// <param name="before">The same, one by one.</param>
/// <param name="second">The customers at the second instant.</param>
/// <param name="after">The same, one by one, in the same order.</param>
internal sealed class AccountSteps(
    AccountHealthChangeQuery query,
    ScoringModel model,
    WorkspaceSettings settings,
    Population first,
    CustomerReplay[] before,
    Population second,
    CustomerReplay[] after
)
{
    private readonly List<AccountChangeStep> _steps = [];
    private readonly List<CustomerReplay> _members = [];

    /// <summary>Takes the steps, but for the last one.</summary>
    public IReadOnlyList<AccountChangeStep> Take()
    {
        var places = Enumerable.Range(0, before.Length).ToList();
        int[] stay = [.. places.Where(i => WasMember(i) && IsMember(i))];
        int[] go = [.. places.Where(i => WasMember(i) && !IsMember(i))];
        int[] come = [.. places.Where(i => !WasMember(i) && IsMember(i))];
        _members.AddRange(stay.Concat(go).Select(i => before[i]));
        Step(AccountChangeKind.Time);
        Leave(AccountChangeKind.Left, [.. go.Where(i => after[i].Row >= 0)]);
        Leave(AccountChangeKind.Merged, [.. go.Where(i => after[i].Row < 0)]);
        Join(AccountChangeKind.Joined, [.. come.Where(i => before[i].Row >= 0)]);
        Join(AccountChangeKind.New, [.. come.Where(i => before[i].Row < 0)]);
        int[] members = [.. stay, .. come];
        TakeChanges(members);
        TakeEvents(members);
        return _steps;
    }

    private bool WasMember(int place) => first.AccountOf(before[place].Row) == query.Query.AccountId;

    private bool IsMember(int place) => second.AccountOf(after[place].Row) == query.Query.AccountId;

    private void Leave(AccountChangeKind kind, int[] places)
    {
        _members.RemoveAll(places.Select(i => before[i]).ToHashSet().Contains);
        StepIfAny(kind, places.Length);
    }

    private void Join(AccountChangeKind kind, int[] places)
    {
        _members.AddRange(places.Select(i => before[i]));
        StepIfAny(kind, places.Length);
    }

    private void TakeChanges(int[] places)
    {
        var adopted = 0;
        foreach (var i in places)
        {
            var fresh = after[i].Taken.Changes.Skip(before[i].Taken.Changes.Count);
            foreach (var change in fresh.TakeWhile(change => change.Kind != ChangeKind.Pruning).ToList())
            {
                before[i].Taken.Take(change);
                adopted += change.Kind == ChangeKind.Adoption ? 1 : 0;
            }
        }
        StepIfAny(AccountChangeKind.Adopted, adopted);
    }

    private void TakeEvents(int[] places)
    {
        var byType = places
            .SelectMany(i =>
                after[i]
                    .Taken.Events.Except(before[i].Taken.Events)
                    .Select(place => (Customer: before[i], Place: place, Type: before[i].Records[place].EventType))
            )
            .ToLookup(item => item.Type);
        foreach (var type in byType.OrderBy(of => of.Key, StringComparer.Ordinal))
        {
            if (settings.PassiveEventTypes.Contains(type.Key))
            {
                continue;
            }
            foreach (var (customer, place, _) in type)
            {
                customer.Taken.Take(place);
            }
            Step(AccountChangeKind.Events, type.Key, events: type.Count());
        }
    }

    private void StepIfAny(AccountChangeKind kind, int customers)
    {
        if (customers > 0)
        {
            Step(kind, customers: customers);
        }
    }

    private void Step(AccountChangeKind kind, string subject = "", long customers = 0, long events = 0)
    {
        var tally = first.TallyMembers(_members.Select(member => member.Row), model, query.Query.WindowDays, query.To);
        _steps.Add(new(kind, subject, customers, events, tally));
    }
}
