using System.Runtime.CompilerServices;
using Google.Protobuf.WellKnownTypes;
using Scoring.V1;

namespace Scoring.Cli.Simulation;

/// <summary>Traffic as it would come in now: events of the population's customers at a steady rate, happening as they are sent.</summary>
/// <param name="customers">Who does things; those at the front do most (Zipf's law).</param>
/// <param name="seed">Which of many courses.</param>
/// <param name="time">The clock.</param>
internal sealed class LiveTraffic(IReadOnlyList<SimulatedCustomer> customers, ulong seed, TimeProvider time)
{
    // Twenty times a second: even at small rates smooth to the eye, at large ones a batch.
    private static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(50);

    private static readonly (string Item, double Weight)[] Types =
    [
        ("page_viewed", 50),
        ("feature_used", 20),
        ("session_started", 14),
        ("message_sent", 9),
        ("report_viewed", 4),
        ("content_created", 2),
        ("login_failed", 1),
    ];

    private readonly Dice _dice = new(seed, 1UL << 50);

    /// <summary>Events at a rate for a while.</summary>
    /// <param name="rate">Events per second.</param>
    /// <param name="duration">For how long.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public async IAsyncEnumerable<Event> RunAsync(
        double rate,
        TimeSpan duration,
        [EnumeratorCancellation] CancellationToken cancellationToken = default
    )
    {
        var start = time.GetTimestamp();
        var sent = 0L;
        using var timer = new PeriodicTimer(Tick, time);
        while (await timer.WaitForNextTickAsync(cancellationToken))
        {
            var elapsed = time.GetElapsedTime(start);
            var due = (long)(rate * Math.Min(elapsed.TotalSeconds, duration.TotalSeconds));
            for (; sent < due; sent++)
            {
                yield return Next();
            }

            if (elapsed >= duration)
            {
                yield break;
            }
        }
    }

    private Event Next()
    {
        var type = _dice.Pick(Types);
        return new Event
        {
            CustomerId = customers[
                (int)Math.Min(Math.Pow(customers.Count, _dice.NextDouble()) - 1, customers.Count - 1)
            ].Id,
            Type = type,
            OccurredAt = Timestamp.FromDateTimeOffset(time.GetUtcNow()),
            Feature = type == "feature_used" ? _dice.Pick(Market.Features) : "",
        };
    }
}
