using System.Globalization;
using Scoring.Core;

namespace Scoring.Engine.Tests.Hosting;

/// <summary>
/// Writers that repeat what they are not told of, while partitions are moved and snatched and hosts crash: each event counts once in the end.
/// <c>LEDGER_ROUNDS</c> makes it longer, <c>LEDGER_SEED</c> another.
/// </summary>
public sealed class LedgerTests
{
    private const int Writers = 4;
    private const int Customers = 40;

    [Fact]
    public async Task Every_event_that_was_acknowledged_counts_once()
    {
        var random = new Random(Setting("LEDGER_SEED", 1));
        var rounds = Setting("LEDGER_ROUNDS", 60);
        await using var hosts = await ThreeHosts.StartAsync(
            new EngineOptions
            {
                DataDirectory = "none",
                Partitions = 7,
                CheckpointBytes = 64 << 10,
                CheckpointInterval = TimeSpan.FromDays(30),
                Models = [],
            }
        );
        await hosts.Put(Samples.Model());
        using var done = new CancellationTokenSource();
        var counted = new int[Customers];
        var acknowledged = 0;
        var writers = Enumerable.Range(0, Writers).Select(writer => Task.Run(() => Write(writer))).ToArray();
        for (var round = 0; round < rounds && !writers.Any(writer => writer.IsFaulted); round++)
        {
            // What waits for the clock gets on meanwhile, and writes go on in between.
            await Until.DoneAsync(hosts.DisturbAsync(random), PassTime);
            var until = Volatile.Read(ref acknowledged) + Writers;
            await Until.TrueAsync(
                () => Volatile.Read(ref acknowledged) >= until || writers.Any(writer => writer.IsFaulted),
                PassTime
            );
        }
        await done.CancelAsync();
        await Until.DoneAsync(Task.WhenAll(writers), PassTime);

        await AssertCounted();
        await hosts.CrashAndRestartAsync();
        await AssertCounted();
        Assert.True(counted.Sum() >= rounds * Writers);

        void PassTime() => hosts.Clock.Advance(TimeSpan.FromMilliseconds(50));

        async Task Write(int writer)
        {
            var choice = new Random(writer);
            for (var batch = 0; !done.IsCancellationRequested; batch++)
            {
                int[] customers = [.. Enumerable.Range(0, choice.Next(1, 12)).Select(_ => choice.Next(Customers))];
                Sample[] events = [.. customers.Select((c, i) => new Sample($"c{c}", $"{writer}-{batch}-{i}"))];
                await WriteUntilTold(events);
                Array.ForEach(customers, customer => Interlocked.Increment(ref counted[customer]));
                Interlocked.Increment(ref acknowledged);
            }
        }

        // What is acknowledged is read by whomever is asked next.
        Task WriteUntilTold(Sample[] events) =>
            Until.TrueAsync(async () =>
            {
                try
                {
                    var written = await hosts.Record(events);
                    Assert.Equal(events.Length, written.Accepted + written.Duplicates);
                    Assert.NotNull(await hosts.Score(events[0].Customer));
                    return true;
                }
                catch (ScoringException e) when (e.Error == ScoringError.Unavailable)
                {
                    return false;
                }
            });

        async Task AssertCounted()
        {
            for (var customer = 0; customer < Customers; customer++)
            {
                Assert.Equal(counted[customer], await hosts.CountOf($"c{customer}"));
            }
            Assert.Equal(
                counted.Sum(),
                (await hosts.Segment(query => query with { EventTotals = true })).EventTotals.Sum(total => total.Count)
            );
        }
    }

    private static int Setting(string name, int otherwise) =>
        int.TryParse(Environment.GetEnvironmentVariable(name), CultureInfo.InvariantCulture, out var value)
            ? value
            : otherwise;
}
