using Orleans.Concurrency;
using Scoring.Cluster.Messages;
using Scoring.Core.Recording;

namespace Scoring.Cluster.Accounts;

/// <summary>One account: what is known of it beside its customers, and how it fares. The key is the workspace, a slash, the account's id.</summary>
[Alias("scoring.account")]
internal interface IAccountGrain : IGrainWithStringKey
{
    /// <summary>Changes seats and attributes and answers once that is stored.</summary>
    /// <param name="update">The change.</param>
    /// <param name="index">Its place in the caller's batch.</param>
    [Alias("upsert")]
    Task<WriteAnswer> UpsertAsync([Immutable] AccountUpdate update, int index);

    /// <summary>How the account fares by what the shards know of its customers.</summary>
    /// <param name="windowDays">Length of the period in days.</param>
    /// <param name="model">The model's name; empty means the workspace's default model.</param>
    /// <param name="readTicks">The instant; null for now.</param>
    [Alias("health"), AlwaysInterleave]
    Task<HealthAnswer> HealthAsync(int windowDays, string model, long? readTicks);
}
