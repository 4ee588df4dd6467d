using Scoring.Core.Time;
using Scoring.Engine.Archive;

namespace Scoring.Benchmarks;

/// <summary>A month of the users of a SaaS product, always the same: some 0.6 M events of 12,000 customers over 30 days.</summary>
/// <remarks>
/// A customer is active on some days, a fifth of them in the middle, and has 6 events on such a day, mostly minutes apart. There are 12 event types, the more frequent the
/// fewer, three of which use one of 60 features. Times are whole milliseconds; events arrive within two seconds, and 3.7 % hours late. Values are 1, but for one in twenty.
/// </remarks>
internal sealed class ArchiveTraffic : IArchiveNames
{
    public const int Customers = 12_000;
    public const int Days = 30;
    private const int Types = 12;
    private const int Features = 60;
    private const int Accounts = 2_400;
    private static readonly Instant Start = Instant.From(new DateTimeOffset(2026, 3, 1, 0, 0, 0, TimeSpan.Zero));
    private static readonly long MillisecondsOfDay = (long)TimeSpan.FromDays(1).TotalMilliseconds;
    private readonly Random _random = new(7);
    private readonly double[] _typeWeights = Weights(Types, 1.5);
    private readonly double[] _featureWeights = Weights(Features, 1.3);

    /// <summary>The events of one customer after the other, in the order of their times.</summary>
    public IReadOnlyList<ArchivedEvent[]> Make(bool withAccounts) =>
        [.. Enumerable.Range(0, Customers).Select(row => OfCustomer(row, withAccounts).ToArray())];

    /// <summary>Those that were received on one day.</summary>
    public static IReadOnlyList<ArchivedEvent[]> OfDay(IReadOnlyList<ArchivedEvent[]> events, int day)
    {
        var from = TimeUnit.SecondOf(Start.Ticks) + (day * MillisecondsOfDay / 1_000);
        var before = from + (MillisecondsOfDay / 1_000);
        return
        [
            .. events
                .Select(own => own.Where(item => item.ReceivedSecond > from && item.ReceivedSecond <= before))
                .Select(own => own.ToArray()),
        ];
    }

    public string EventType(int number) => $"event-type-{number}";

    public string Feature(int number) => $"feature-{number}";

    public string Account(int number) => $"account-{(uint)number * 2_654_435_761u:x8}";

    private IEnumerable<ArchivedEvent> OfCustomer(int row, bool withAccounts)
    {
        var share = Math.Min(0.95, 0.2 * Math.Exp(Normal()));
        var eventsOfDay = 5.1 * Math.Exp(Normal() * 0.5);
        for (var day = 0; day < Days; day++)
        {
            if (_random.NextDouble() > share)
            {
                continue;
            }
            var count = 1 + (int)Exponential(eventsOfDay);
            var at = (long)(Math.Clamp(9 + (Normal() * 3.5), 0, 22) * 3_600_000);
            for (var i = 0; i < count && at < MillisecondsOfDay; i++)
            {
                yield return Event(row, (day * MillisecondsOfDay) + at, withAccounts);
                at += (long)(_random.NextDouble() < 0.15 ? Exponential(7_200_000) : 25_000 * Math.Exp(Normal() * 1.3));
            }
        }
    }

    private ArchivedEvent Event(int row, long milliseconds, bool withAccounts)
    {
        var isLate = _random.NextDouble() < 0.043;
        var lag = (long)(isLate ? Exponential(6 * 3_600_000) : 350 * Math.Exp(Normal() * 0.8));
        var type = Draw(_typeWeights);
        var occurred = Start.Ticks + (milliseconds * TimeSpan.TicksPerMillisecond);
        return new(
            row,
            type,
            type is 1 or 2 or 5 ? Draw(_featureWeights) : ArchivedEvent.NoName,
            withAccounts ? row * 7_919 % Accounts : ArchivedEvent.NoName,
            new(occurred),
            TimeUnit.SecondOf(occurred + ((lag + 999) * TimeSpan.TicksPerMillisecond)),
            _random.NextDouble() < 0.95 ? 1
                : _random.NextDouble() < 0.5 ? _random.Next(2, 50)
                : _random.Next(100, 20_000) / 100.0
        );
    }

    private int Draw(double[] weights)
    {
        var rest = _random.NextDouble();
        var i = 0;
        while (i < weights.Length - 1 && (rest -= weights[i]) > 0)
        {
            i++;
        }
        return i;
    }

    private double Exponential(double mean) => -Math.Log(1 - _random.NextDouble()) * mean;

    private double Normal() =>
        Math.Sqrt(-2 * Math.Log(1 - _random.NextDouble())) * Math.Cos(2 * Math.PI * _random.NextDouble());

    private static double[] Weights(int count, double exponent)
    {
        double[] weights = [.. Enumerable.Range(1, count).Select(i => Math.Pow(i, -exponent))];
        return [.. weights.Select(weight => weight / weights.Sum())];
    }
}
