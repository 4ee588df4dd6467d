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
        return retry.RunAsync(
            token => client.Scoring.UpsertAccountsAsync(request, cancellationToken: token).ResponseAsync,
            cancellationToken
        );
    }

    public Task<UpsertCustomersResponse> UpsertCustomersAsync(
        IReadOnlyList<Customer> customers,
        CancellationToken cancellationToken
    )
    {
        var request = new UpsertCustomersRequest { Workspace = workspace, Customers = { customers } };
        return retry.RunAsync(
            token => client.Scoring.UpsertCustomersAsync(request, cancellationToken: token).ResponseAsync,
            cancellationToken
        );
    }

    public Task<RecordEventsResponse> RecordEventsAsync(
        IReadOnlyList<Event> events,
        CancellationToken cancellationToken
    )
    {
        var request = new RecordEventsRequest { Workspace = workspace, Events = { events } };
        return retry.RunAsync(
            token => client.Scoring.RecordEventsAsync(request, cancellationToken: token).ResponseAsync,
            cancellationToken
        );
    }

    public async Task<bool> KnowsAsync(string customerId, CancellationToken cancellationToken)
    {
        var request = new BatchGetScoresRequest { Workspace = workspace, CustomerIds = { customerId } };
        var answer = await retry.RunAsync(
            token => client.Scoring.BatchGetScoresAsync(request, cancellationToken: token).ResponseAsync,
            cancellationToken
        );
        return answer.NotFoundCustomerIds.Count == 0;
    }
}
