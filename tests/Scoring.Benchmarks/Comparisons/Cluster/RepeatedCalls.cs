using System.Collections.Concurrent;
using System.Diagnostics;
using Google.Protobuf.WellKnownTypes;
using Scoring.Benchmarks.Comparisons.Ingest;
using Scoring.Client;
using Scoring.V1;

namespace Scoring.Benchmarks.Comparisons.Cluster;

/// <summary>
/// RecordEvents calls at a steady rate to whichever server runs, each repeated with its event ids by the documented policy, at another server,
/// until it is acknowledged.
/// </summary>
/// <param name="servers">Those to call.</param>
/// <param name="customers">How many there are; each event is of one at random.</param>
/// <param name="eventsPerCall">Events of a call.</param>
/// <param name="callsPerSecond">Calls begun in a second.</param>
internal sealed class RepeatedCalls(ServersOfAStore servers, int customers, int eventsPerCall, int callsPerSecond)
{
    private const int Workers = 256;
    private static readonly TimeSpan CallTimeout = TimeSpan.FromSeconds(10);
    private static readonly RetryPolicy Policy = new(new RetryOptions { GiveUpAfter = TimeSpan.MaxValue });

    // Ids of its own in every run, beside those of BatchSource.
    private readonly string _run = $"repeated-{Guid.NewGuid():N}-";
    private readonly ConcurrentDictionary<string, ScoringClient> _clients = new(StringComparer.Ordinal);
    private readonly ConcurrentBag<double> _took = [];
    private long _calls;
    private long _repeats;

    /// <summary>Events acknowledged so far.</summary>
    public long Acknowledged => (long)_took.Count * eventsPerCall;

    /// <summary>Attempts that failed and were repeated.</summary>
    public long Repeats => Interlocked.Read(ref _repeats);

    /// <summary>Milliseconds from when a call was due to its acknowledgement, repeats and pauses included.</summary>
    public IReadOnlyCollection<double> Took => _took;

    /// <summary>Calls until it is told to stop, and then until every call that was begun is acknowledged.</summary>
    public async Task RunAsync(CancellationToken stop)
    {
        var since = Stopwatch.GetTimestamp();
        await Task.WhenAll(
            Enumerable.Range(0, Workers).Select(worker => Task.Run(() => WorkAsync(since, worker, stop)))
        );
        foreach (var client in _clients.Values)
        {
            client.Dispose();
        }
    }

    private async Task WorkAsync(long since, int seed, CancellationToken stop)
    {
        var random = new Random(seed);
        while (!stop.IsCancellationRequested)
        {
            var call = Interlocked.Increment(ref _calls) - 1;
            var due = TimeSpan.FromSeconds((double)call / callsPerSecond);
            if (due - Stopwatch.GetElapsedTime(since) is var wait && wait > TimeSpan.Zero)
            {
                await Task.Delay(wait, CancellationToken.None);
            }
            await RecordAsync(Request(call, random), random);
            _took.Add((Stopwatch.GetElapsedTime(since) - due).TotalMilliseconds);
        }
    }

    private async Task RecordAsync(RecordEventsRequest request, Random random)
    {
        var attempts = 0;
        await Policy.RunAsync(async stop =>
        {
            attempts++;
            var running = servers.Running;
            var client = _clients.GetOrAdd(
                running[random.Next(running.Count)].Address,
                address => new ScoringClient(new ScoringClientOptions { Address = address, MaxAttempts = 1 })
            );
            return await client.Scoring.RecordEventsAsync(
                request,
                deadline: DateTime.UtcNow + CallTimeout,
                cancellationToken: stop
            );
        });
        Interlocked.Add(ref _repeats, attempts - 1);
    }

    private RecordEventsRequest Request(long call, Random random)
    {
        var request = new RecordEventsRequest();
        var now = Timestamp.FromDateTimeOffset(DateTimeOffset.UtcNow);
        for (var i = 0; i < eventsPerCall; i++)
        {
            request.Events.Add(
                new Event
                {
                    EventId = $"{_run}{call}-{i}",
                    CustomerId = Traffic.Customer(random.Next(customers)),
                    Type = Traffic.TypeAt(i).Name,
                    OccurredAt = now,
                }
            );
        }
        return request;
    }
}
