using Scoring.V1;

namespace Scoring.Cli.Import;

/// <summary>Where an import sends what it made of rows. Every call answers once what was taken is durable.</summary>
internal interface IImportTarget
{
    Task<UpsertAccountsResponse> UpsertAccountsAsync(
        IReadOnlyList<Account> accounts,
        CancellationToken cancellationToken
    );

    Task<UpsertCustomersResponse> UpsertCustomersAsync(
        IReadOnlyList<Customer> customers,
        CancellationToken cancellationToken
    );

    Task<RecordEventsResponse> RecordEventsAsync(IReadOnlyList<Event> events, CancellationToken cancellationToken);

    /// <summary>Whether anything is known of a customer.</summary>
    Task<bool> KnowsAsync(string customerId, CancellationToken cancellationToken);
}
