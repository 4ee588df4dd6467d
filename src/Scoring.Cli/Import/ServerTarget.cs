using Grpc.Core;
using Scoring.Client;
using Scoring.V1;

namespace Scoring.Cli.Import;

/// <summary>A running server; calls are tried again where that helps, which event ids make safe.</summary>
internal sealed class ServerTarget(ScoringClient client, string workspace, RetryPolicy retry) : IImportTarget
{
    public Task<UpsertAccountsResponse> UpsertAccountsAsync(
        IReadOnlyList<Account> accounts,
        CancellationToken cancellationToken
    )
    {
        var request = new UpsertAccountsRequest { Workspace = workspace, Accounts = { accounts } };
        return SendAsync(
            token => client.Scoring.UpsertAccountsAsync(request, cancellationToken: token),
            cancellationToken
        );
    }

    public Task<UpsertCustomersResponse> UpsertCustomersAsync(
        IReadOnlyList<Customer> customers,
        CancellationToken cancellationToken
    )
    {
        var request = new UpsertCustomersRequest { Workspace = workspace, Customers = { customers } };
        return SendAsync(
            token => client.Scoring.UpsertCustomersAsync(request, cancellationToken: token),
            cancellationToken
        );
    }

    public Task<RecordEventsResponse> RecordEventsAsync(
        IReadOnlyList<Event> events,
        CancellationToken cancellationToken
    )
    {
        var request = new RecordEventsRequest { Workspace = workspace, Events = { events } };
        return SendAsync(
            token => client.Scoring.RecordEventsAsync(request, cancellationToken: token),
            cancellationToken
        );
    }

    public async Task<bool> KnowsAsync(string customerId, CancellationToken cancellationToken)
    {
        var request = new BatchGetScoresRequest { Workspace = workspace, CustomerIds = { customerId } };
        var answer = await SendAsync(
            token => client.Scoring.BatchGetScoresAsync(request, cancellationToken: token),
            cancellationToken
        );
        return answer.NotFoundCustomerIds.Count == 0;
    }

    private Task<T> SendAsync<T>(
        Func<CancellationToken, AsyncUnaryCall<T>> call,
        CancellationToken cancellationToken
    ) => retry.RunAsync(token => call(token).ResponseAsync, cancellationToken);
}
