using System.Collections.Concurrent;

namespace Scoring.Acceptance.Tests.Servers;

/// <summary>What was acknowledged. Safe for concurrent use.</summary>
internal sealed class SentEvents
{
    private readonly ConcurrentDictionary<string, int> _byCustomer = new(StringComparer.Ordinal);
    private int _mostAttempts;
    private int _longestCall;

    /// <summary>How often the same event had to be sent at the most.</summary>
    public int MostAttempts => _mostAttempts;

    /// <summary>How long a call took at the most until it was answered, whatever the answer.</summary>
    public TimeSpan LongestCall => TimeSpan.FromMilliseconds(_longestCall);

    /// <summary>How many of a customer were acknowledged.</summary>
    public int Of(string customer) => _byCustomer.GetValueOrDefault(customer);

    /// <summary>An event was acknowledged.</summary>
    public void Note(string customer, int attempts)
    {
        _byCustomer.AddOrUpdate(customer, 1, (_, count) => count + 1);
        InterlockedMax(ref _mostAttempts, attempts);
    }

    /// <summary>A call was answered, or failed.</summary>
    public void Answered(TimeSpan after) => InterlockedMax(ref _longestCall, (int)after.TotalMilliseconds);

    /// <summary>Returns when so many more were acknowledged.</summary>
    public async Task MoreAsync(int events, CancellationToken cancellationToken)
    {
        var until = _byCustomer.Values.Sum() + events;
        while (_byCustomer.Values.Sum() < until)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(20), cancellationToken);
        }
    }

    private static void InterlockedMax(ref int target, int value)
    {
        for (var seen = target; value > seen; seen = target)
        {
            Interlocked.CompareExchange(ref target, value, seen);
        }
    }
}
