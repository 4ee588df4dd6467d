namespace Scoring.Client;

/// <summary>Settings of an <see cref="EventSender"/>.</summary>
public sealed record EventSenderOptions
{
    /// <summary>The workspace; empty means "default".</summary>
    public string Workspace { get; init; } = "";

    /// <summary>Events that may wait to be sent; <see cref="EventSender.SendAsync"/> waits while it is full. 10,000 unless set.</summary>
    public int BufferCapacity { get; init; } = 10_000;

    /// <summary>Most events of a batch, 1 to 10,000. 1,000 unless set.</summary>
    public int MaxBatchSize { get; init; } = 1_000;

    /// <summary>Longest time that an event waits for its batch to fill. 50 ms unless set.</summary>
    public TimeSpan MaxBatchDelay { get; init; } = TimeSpan.FromMilliseconds(50);

    /// <summary>Batches that may be under way unanswered, at least 1. 8 unless set.</summary>
    public int MaxBatchesInFlight { get; init; } = 8;

    /// <summary>How long to wait for the answer to a batch before it is sent again. 30 seconds unless set.</summary>
    public TimeSpan AnswerTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How batches are sent again.</summary>
    public RetryOptions Retry { get; init; } = new();

    /// <summary>When cancelled, the sender gives up at once; the fate of what is pending is unknown then.</summary>
    public CancellationToken Abort { get; init; }

    /// <summary>Told of every answer, in the order in which events were sent, one at a time. It must be quick and must not throw.</summary>
    public Action<EventBatchAnswer>? OnAnswer { get; init; }
}
