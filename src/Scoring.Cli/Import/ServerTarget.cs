using Google.Protobuf;
using Scoring.Cli.Import.Mapping;
using Scoring.Client;
using Scoring.V1;

namespace Scoring.Cli.Import;

/// <summary>The server that an import sends to; calls are tried again where that helps, which event ids make safe.</summary>
internal sealed class ServerTarget(ScoringService.ScoringServiceClient client, string workspace, RetryPolicy retry)
{
    /// <summary>Sends accounts, customers or events; answers once what was taken is durable.</summary>
    public Task<TargetAnswer> SendAsync(
        RuleKind kind,
        IReadOnlyList<IMessage> elements,
        CancellationToken cancellationToken
    ) =>
        retry.RunAsync(
            token =>
                kind switch
                {
                    RuleKind.Account => UpsertAccountsAsync(elements.Cast<Account>(), token),
                    RuleKind.Customer => UpsertCustomersAsync(elements.Cast<Customer>(), token),
                    _ => RecordEventsAsync(elements.Cast<Event>(), token),
                },
            cancellationToken
        );

    /// <summary>Whether anything is known of a customer.</summary>
    public Task<bool> KnowsAsync(string customerId, CancellationToken cancellationToken)
    {
        var request = new BatchGetScoresRequest { Workspace = workspace, CustomerIds = { customerId } };
        return retry.RunAsync(
            async token =>
            {
                var answer = await client.BatchGetScoresAsync(request, cancellationToken: token);
                return answer.NotFoundCustomerIds.Count == 0;
            },
            cancellationToken
        );
    }

    private async Task<TargetAnswer> UpsertAccountsAsync(IEnumerable<Account> accounts, CancellationToken token)
    {
        var request = new UpsertAccountsRequest { Workspace = workspace, Accounts = { accounts } };
        var answer = await client.UpsertAccountsAsync(request, cancellationToken: token);
        return new TargetAnswer(answer.UpsertedCount, 0, answer.Rejections);
    }

    private async Task<TargetAnswer> UpsertCustomersAsync(IEnumerable<Customer> customers, CancellationToken token)
    {
        var request = new UpsertCustomersRequest { Workspace = workspace, Customers = { customers } };
        var answer = await client.UpsertCustomersAsync(request, cancellationToken: token);
        return new TargetAnswer(answer.UpsertedCount, 0, answer.Rejections);
    }

    private async Task<TargetAnswer> RecordEventsAsync(IEnumerable<Event> events, CancellationToken token)
    {
        var request = new RecordEventsRequest { Workspace = workspace, Events = { events } };
        var answer = await client.RecordEventsAsync(request, cancellationToken: token);
        return new TargetAnswer(answer.AcceptedCount, answer.DuplicateCount, answer.Rejections);
    }
}

/// <summary>What became of elements that were sent.</summary>
/// <param name="Accepted">How many were taken.</param>
/// <param name="Duplicates">How many events had been counted before.</param>
/// <param name="Rejections">Why the others were refused.</param>
internal sealed record TargetAnswer(int Accepted, int Duplicates, IReadOnlyCollection<Rejection> Rejections);
