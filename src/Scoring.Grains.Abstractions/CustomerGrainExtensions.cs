using Scoring.Core;
using Scoring.Core.Recording;
using Scoring.Core.Scores;
using Scoring.Core.Time;

namespace Scoring.Grains;

/// <summary>Calls to customers that follow them while their partition moves.</summary>
public static class CustomerGrainExtensions
{
    private static readonly TimeSpan FirstWait = TimeSpan.FromMilliseconds(10);
    private static readonly TimeSpan LongestWait = TimeSpan.FromMilliseconds(500);

    /// <summary>Records one event and returns once it is durable, wherever the customer is.</summary>
    /// <param name="customer">The customer.</param>
    /// <param name="encodedEvent">The event in the encoded form of <see cref="EventBatch"/>.</param>
    /// <param name="patience">How long a move is waited for.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="ScoringException"><see cref="ScoringError.Unavailable"/> when the customer was nowhere for so long: nothing was done.</exception>
    public static async Task<WriteResult> RecordAsync(
        this ICustomerGrain customer,
        byte[] encodedEvent,
        TimeSpan patience,
        CancellationToken cancellationToken = default
    )
    {
        var waits = new Waits(patience);
        while (true)
        {
            if ((await customer.RecordAsync(encodedEvent).WaitAsync(cancellationToken)).Result is { } result)
            {
                return result;
            }
            await waits.NextAsync(cancellationToken);
        }
    }

    /// <summary>The customer's score, wherever it is; null when nothing is known of it.</summary>
    /// <param name="customer">The customer.</param>
    /// <param name="model">The model's name, and behind it '@' and a version where not the current one is meant; empty means the workspace's default model.</param>
    /// <param name="readTime">The instant to score at; null means now.</param>
    /// <param name="patience">How long a move is waited for.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="ScoringException"><see cref="ScoringError.Unavailable"/> when the customer was nowhere for so long.</exception>
    public static async Task<CustomerScore?> GetScoreAsync(
        this ICustomerGrain customer,
        string model,
        Instant? readTime,
        TimeSpan patience,
        CancellationToken cancellationToken = default
    )
    {
        var waits = new Waits(patience);
        while (true)
        {
            if (await customer.GetScoreAsync(model, readTime).WaitAsync(cancellationToken) is { IsMoved: false } answer)
            {
                return answer.Score;
            }
            await waits.NextAsync(cancellationToken);
        }
    }

    private sealed class Waits(TimeSpan patience)
    {
        private readonly long _started = TimeProvider.System.GetTimestamp();
        private TimeSpan _next = FirstWait;

        public async Task NextAsync(CancellationToken cancellationToken)
        {
            if (TimeProvider.System.GetElapsedTime(_started) + _next > patience)
            {
                throw new ScoringException(ScoringError.Unavailable, "The customer's partition is moving; try again.")
                {
                    RetryAfter = LongestWait,
                };
            }
            await Task.Delay(_next, cancellationToken);
            _next = _next * 2 < LongestWait ? _next * 2 : LongestWait;
        }
    }
}
