using Orleans.Services;
using Scoring.Cluster.Messages;

namespace Scoring.Cluster.Front;

/// <summary>Takes events of many customers for those of its silo, so that a batch is one call for each silo.</summary>
[Alias("scoring.customer-relay")]
internal interface ICustomerRelay : IGrainService
{
    /// <summary>Records events, each customer's by its grain, wherever that is.</summary>
    /// <param name="workspace">The workspace.</param>
    /// <param name="parts">The events of distinct customers.</param>
    /// <param name="receivedTicks">When they were received.</param>
    /// <returns>What became of each part.</returns>
    [Alias("record")]
    Task<WriteAnswer[]> RecordAsync(string workspace, [Immutable] EventsByCustomer[] parts, long receivedTicks);
}
