using Scoring.Cluster.Messages;
using Scoring.Core.Recording;

namespace Scoring.Cluster.Customers;

/// <summary>One customer: what happened to it, and what that scores now. The key is a <see cref="CustomerKey"/>.</summary>
[Alias("scoring.customer")]
internal interface ICustomerGrain : IGrainWithStringKey
{
    /// <summary>Records events of this customer and answers once they are stored.</summary>
    /// <param name="events">The events in the encoded form of <see cref="EventBatch"/>.</param>
    /// <param name="receivedTicks">When they were received.</param>
    [Alias("record")]
    Task<WriteAnswer> RecordAsync([Immutable] byte[] events, long receivedTicks);

    /// <summary>Changes account and attributes and answers once that is stored.</summary>
    /// <param name="update">The change.</param>
    /// <param name="index">Its place in the caller's batch.</param>
    [Alias("upsert")]
    Task<WriteAnswer> UpsertAsync([Immutable] CustomerUpdate update, int index);

    /// <summary>The score of what is stored.</summary>
    /// <param name="model">The model.</param>
    /// <param name="readTicks">The instant.</param>
    [Alias("score")]
    Task<ScoreAnswer> ScoreAsync(ModelRef model, long readTicks);
}
