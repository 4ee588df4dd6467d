using Scoring.Cli.Import;
using Scoring.V1;

namespace Scoring.Cli.Tests.Import;

/// <summary>A server in memory that knows event ids per customer until it is told to forget them.</summary>
internal sealed class FakeTarget : IImportTarget
{
    private readonly Dictionary<(string Customer, string Id), Event> _window = [];

    public Dictionary<string, Account> Accounts { get; } = [];

    public Dictionary<string, Customer> Customers { get; } = [];

    public List<Event> Events { get; } = [];

    public int Calls { get; private set; }

    /// <summary>Called before each batch of events, to fail it.</summary>
    public Action<int>? BeforeEvents { get; set; }

    public void ForgetEventIds() => _window.Clear();

    public void LoseEverything()
    {
        ForgetEventIds();
        Accounts.Clear();
        Customers.Clear();
        Events.Clear();
    }

    public Task<UpsertAccountsResponse> UpsertAccountsAsync(
        IReadOnlyList<Account> accounts,
        CancellationToken cancellationToken
    )
    {
        foreach (var account in accounts)
        {
            Accounts[account.AccountId] = account;
        }

        return Task.FromResult(new UpsertAccountsResponse { UpsertedCount = accounts.Count });
    }

    public Task<UpsertCustomersResponse> UpsertCustomersAsync(
        IReadOnlyList<Customer> customers,
        CancellationToken cancellationToken
    )
    {
        foreach (var customer in customers)
        {
            Customers[customer.CustomerId] = customer;
        }

        return Task.FromResult(new UpsertCustomersResponse { UpsertedCount = customers.Count });
    }

    public Task<RecordEventsResponse> RecordEventsAsync(
        IReadOnlyList<Event> events,
        CancellationToken cancellationToken
    )
    {
        BeforeEvents?.Invoke(++Calls);
        var answer = new RecordEventsResponse();
        for (var i = 0; i < events.Count; i++)
        {
            Record(events[i], i, answer);
        }

        return Task.FromResult(answer);
    }

    public Task<bool> KnowsAsync(string customerId, CancellationToken cancellationToken) =>
        Task.FromResult(Customers.ContainsKey(customerId) || Events.Any(e => e.CustomerId == customerId));

    private void Record(Event item, int index, RecordEventsResponse answer)
    {
        if (item.OccurredAt.ToDateTimeOffset().Year > 2100)
        {
            var rejection = new Rejection
            {
                Index = index,
                Reason = RejectionReason.OccurredAtInFuture,
                Message = "in the future",
            };
            answer.Rejections.Add(rejection);
        }
        else if (_window.TryAdd((item.CustomerId, item.EventId), item))
        {
            Events.Add(item);
            answer.AcceptedCount++;
        }
        else
        {
            answer.DuplicateCount++;
        }
    }
}
