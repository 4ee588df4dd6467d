using Orleans.Services;
using Scoring.Cluster.Messages;
using Scoring.Core.Recording;

namespace Scoring.Cluster.Front;

/// <summary>Takes what is for many customers or accounts of its silo, so that it is one call for each silo.</summary>
/// <remarks>It is handed to each by its grain, wherever that is. Answers come in the order of the parts.</remarks>
[Alias("scoring.customer-relay")]
internal interface ICustomerRelay : IGrainService
{
    /// <summary>Records events.</summary>
    /// <param name="workspace">The workspace.</param>
    /// <param name="parts">The events of distinct customers.</param>
    /// <param name="receivedTicks">When they were received.</param>
    [Alias("record")]
    Task<WriteAnswer[]> RecordAsync(string workspace, [Immutable] EventsByCustomer[] parts, long receivedTicks);

    /// <summary>Changes customers.</summary>
    /// <param name="workspace">The workspace.</param>
    /// <param name="updates">The changes of distinct customers.</param>
    [Alias("upsert-customers")]
    Task<WriteAnswer[]> UpsertCustomersAsync(string workspace, [Immutable] Indexed<CustomerUpdate>[] updates);

    /// <summary>Changes accounts.</summary>
    /// <param name="workspace">The workspace.</param>
    /// <param name="updates">The changes of distinct accounts.</param>
    [Alias("upsert-accounts")]
    Task<WriteAnswer[]> UpsertAccountsAsync(string workspace, [Immutable] Indexed<AccountUpdate>[] updates);

    /// <summary>Scores customers.</summary>
    /// <param name="workspace">The workspace.</param>
    /// <param name="customerIds">The customers.</param>
    /// <param name="model">The model.</param>
    /// <param name="readTicks">The instant.</param>
    /// <returns>
    /// The <see cref="ScoreAnswer"/>s, each serialized by itself: within a message Orleans looks up every object, should it have been there
    /// before, which costs more the more there are.
    /// </returns>
    [Alias("score")]
    Task<byte[][]> ScoreAsync(string workspace, [Immutable] string[] customerIds, ModelRef model, long readTicks);
}
