namespace Scoring.Client;

/// <summary>How often and how long a call is tried again.</summary>
public sealed record RetryOptions
{
    /// <summary>Pause before the second attempt; every further one doubles it. Above zero, 100 ms unless set.</summary>
    public TimeSpan InitialDelay { get; init; } = TimeSpan.FromMilliseconds(100);

    /// <summary>Longest pause, the server's advice aside. At least the initial one, 10 seconds unless set.</summary>
    public TimeSpan MaxDelay { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Gives up when nothing has succeeded for this long. 2 minutes unless set.</summary>
    public TimeSpan GiveUpAfter { get; init; } = TimeSpan.FromMinutes(2);
}
