using Grpc.Core;
using Scoring.V1;

namespace Scoring.Cli.Tests.Import;

/// <summary>A server in memory that knows event ids per customer until it is told to forget them.</summary>
internal sealed class FakeTarget : ScoringService.ScoringServiceClient
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

    public override AsyncUnaryCall<UpsertAccountsResponse> UpsertAccountsAsync(
        UpsertAccountsRequest request,
        CallOptions options
    )
    {
        foreach (var account in request.Accounts)
        {
            Accounts[account.AccountId] = account;
        }

        return Answer(new UpsertAccountsResponse { UpsertedCount = request.Accounts.Count });
    }

    public override AsyncUnaryCall<UpsertCustomersResponse> UpsertCustomersAsync(
        UpsertCustomersRequest request,
        CallOptions options
    )
    {
        foreach (var customer in request.Customers)
        {
            Customers[customer.CustomerId] = customer;
        }

        return Answer(new UpsertCustomersResponse { UpsertedCount = request.Customers.Count });
    }

    public override AsyncUnaryCall<RecordEventsResponse> RecordEventsAsync(
        RecordEventsRequest request,
        CallOptions options
    )
    {
        BeforeEvents?.Invoke(++Calls);
        var answer = new RecordEventsResponse();
        for (var i = 0; i < request.Events.Count; i++)
        {
            Record(request.Events[i], i, answer);
        }

        return Answer(answer);
    }

    public override AsyncUnaryCall<BatchGetScoresResponse> BatchGetScoresAsync(
        BatchGetScoresRequest request,
        CallOptions options
    ) =>
        Answer(
            new BatchGetScoresResponse
            {
                NotFoundCustomerIds =
                {
                    request.CustomerIds.Where(id =>
                        !Customers.ContainsKey(id) && Events.All(item => item.CustomerId != id)
                    ),
                },
            }
        );

    private static AsyncUnaryCall<T> Answer<T>(T answer) =>
        new(Task.FromResult(answer), Task.FromResult(new Metadata()), () => Status.DefaultSuccess, () => [], () => { });

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
