using Scoring.Core.Recording;
using Scoring.Core.Time;

namespace Scoring.Grains;

/// <summary>One customer: what happened to it, and what that scores now. The key is a <see cref="CustomerKey"/>.</summary>
/// <remarks>
/// <para>
/// The grain lives where the customer's partition is and holds nothing of its own: counters and score are the partition's. While the partition moves
/// it answers that it has moved; ask again then, as <see cref="CustomerGrainExtensions"/> does.
/// </para>
/// <para>Calls throw <see cref="Core.ScoringException"/>, with all that it says. A call that times out, or whose silo goes, is an unknown outcome.</para>
/// </remarks>
[Alias("scoring.customer")]
public interface ICustomerGrain : IGrainWithStringKey
{
    /// <summary>Records one event of this customer and answers once it is durable.</summary>
    /// <param name="encodedEvent">The event in the encoded form of <see cref="EventBatch"/>.</param>
    [Alias("record")]
    Task<RecordAnswer> RecordAsync([Immutable] byte[] encodedEvent);

    /// <summary>The customer's score, and what it is made of.</summary>
    /// <param name="model">The model's name, and behind it '@' and a version where not the current one is meant; empty means the workspace's default model.</param>
    /// <param name="readTime">The instant to score at; null means now, or the customer's newest event where that lies ahead of now.</param>
    [Alias("score")]
    Task<ScoreAnswer> GetScoreAsync(string model, Instant? readTime);
}
