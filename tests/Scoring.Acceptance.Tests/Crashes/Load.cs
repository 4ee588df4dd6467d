using System.Collections.Concurrent;
using System.Diagnostics;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using Scoring.Cli.Tests.Support;
using Scoring.Client;
using Scoring.V1;

namespace Scoring.Acceptance.Tests.Crashes;

/// <summary>Callers that write to and read from servers while these are disturbed, and hold every answer against a ledger.</summary>
/// <remarks>
/// An event is sent until it is acknowledged, by the client's own policy, each time to another server or as a stream to one: whatever the policy does not
/// hide fails. A read must have all that was acknowledged before it began, whichever server is asked.
/// </remarks>
internal sealed class Load : IDisposable
{
    /// <summary>How long callers wait for an answer, who know that servers give one.</summary>
    public static readonly TimeSpan Timeout = TimeSpan.FromSeconds(30);

    /// <summary>How long callers wait for an answer who ask somebody else then.</summary>
    public static readonly TimeSpan Impatience = TimeSpan.FromSeconds(2);

    /// <summary>How long a server takes to answer at the most, whatever the answer: as long as it waits for another one, and some more for a busy machine.</summary>
    public static readonly TimeSpan LongestAnswer = TimeSpan.FromSeconds(20);

    /// <summary>How long what stands still does.</summary>
    public static readonly TimeSpan StandStill = TimeSpan.FromSeconds(20);

    private const int Writers = 4;
    private const int Streams = 2;
    private const int Readers = 2;
    private const int Customers = 40;
    private const int MostEvents = 8;
    private const string Model = "ledger";
    private const string Bad = "bad";
    private const string TakenForDead = "I have been told I am dead";

    private static readonly string[] Types = ["login", "export", "invite"];

    // What an event that is too far in the future is refused for never counts.
    private static readonly Duration FarAhead = Duration.FromTimeSpan(TimeSpan.FromDays(1));
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(90);
    private static readonly RetryOptions Retries = new()
    {
        InitialDelay = TimeSpan.FromMilliseconds(20),
        MaxDelay = TimeSpan.FromMilliseconds(500),
    };

    private readonly IReadOnlyList<RunningServer> _servers;
    private readonly TimeSpan _timeout;
    private readonly ConcurrentDictionary<int, ScoringClient> _clients = [];
    private readonly CancellationTokenSource _stop = CancellationTokenSource.CreateLinkedTokenSource(
        TestContext.Current.CancellationToken
    );
    private readonly RetryPolicy _policy = new(Retries);
    private int _mostAttempts;
    private int _longestCall;
    private int _reads;
    private int _refused;

    private Load(IReadOnlyList<RunningServer> servers, TimeSpan timeout) => (_servers, _timeout) = (servers, timeout);

    /// <summary>Ends with the load, and when any of it fails.</summary>
    public CancellationToken Stopped => _stop.Token;

    /// <summary>How often the same event had to be sent at the most.</summary>
    public int MostAttempts => _mostAttempts;

    /// <summary>How long a write took at the most until it was answered, whatever the answer.</summary>
    public TimeSpan LongestCall => TimeSpan.FromMilliseconds(_longestCall);

    /// <summary>What servers logged that ended themselves because the others took them for dead.</summary>
    public ConcurrentQueue<string> Replaced { get; } = [];

    private Ledger Ledger { get; } = new();

    private static IEnumerable<string> Everyone => Enumerable.Range(0, Customers).Select(Customer);

    /// <summary>Keeps servers busy while something is done, and sees that every event counts as the ledger says.</summary>
    /// <param name="servers">The servers.</param>
    /// <param name="timeout">How long callers wait for an answer.</param>
    /// <param name="disturb">What is done meanwhile.</param>
    public static async Task<Load> DuringAsync(
        IReadOnlyList<RunningServer> servers,
        TimeSpan timeout,
        Func<Load, Task> disturb
    )
    {
        using var load = new Load(servers, timeout);
        using var end = new CancellationTokenSource();
        await load.PutModelAsync();
        var supervising = load.SuperviseAsync(end.Token);
        try
        {
            Task[] all =
            [
                disturb(load),
                .. Enumerable.Range(0, Writers).Select(load.WriteAsync),
                .. Enumerable.Range(0, Streams).Select(load.StreamAsync),
                .. Enumerable.Range(0, Readers).Select(load.ReadAsync),
            ];
            await Task.WhenAny([supervising, .. all]);
            await load._stop.CancelAsync();
            await Task.WhenAll(all);
            await load.SettleAsync();
            return load;
        }
        finally
        {
            await end.CancelAsync();
            await supervising;
        }
    }

    /// <summary>Returns when so many more events were acknowledged.</summary>
    public Task MoreAsync(int events)
    {
        var until = Ledger.Acknowledged + events;
        return UntilAsync(() => Ledger.Acknowledged >= until, $"{events} more events");
    }

    /// <summary>Returns when so much time has passed, in which callers go on.</summary>
    public Task GoOnAsync(TimeSpan time) => Task.Delay(time, Stopped);

    /// <summary>Returns when so many more writes were refused.</summary>
    public Task RefusedAsync()
    {
        var until = Volatile.Read(ref _refused) + Writers;
        return UntilAsync(() => Volatile.Read(ref _refused) >= until, "writes refused");
    }

    /// <summary>Returns when something is so; not for ever.</summary>
    public async Task UntilAsync(Func<bool> isSo, string what)
    {
        var since = Stopwatch.GetTimestamp();
        while (!isSo())
        {
            Assert.True(Stopwatch.GetElapsedTime(since) < Patience, $"No {what} within {Patience.TotalSeconds} s.");
            await Task.Delay(TimeSpan.FromMilliseconds(5), Stopped);
        }
    }

    /// <summary>Returns when a server has answered for every customer, by way of others perhaps.</summary>
    public async Task AnswersForEveryoneAsync(RunningServer server)
    {
        foreach (var customer in Everyone)
        {
            await _policy.RunAsync(stop => CheckAsync(server, customer, stop), Stopped);
        }
    }

    public void Dispose()
    {
        foreach (var client in _clients.Values)
        {
            client.Dispose();
        }
        _stop.Dispose();
    }

    /// <summary>Starts servers again that end themselves because the others took them for dead, as whoever runs them does.</summary>
    private async Task SuperviseAsync(CancellationToken end)
    {
        while (!end.IsCancellationRequested)
        {
            foreach (var server in _servers)
            {
                if (await server.StartAgainIfEndedAsync() is { } log)
                {
                    Assert.Contains(TakenForDead, log, StringComparison.Ordinal);
                    Replaced.Enqueue(log);
                }
            }
            await Task.Delay(TimeSpan.FromMilliseconds(20), end).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task WriteAsync(int writer)
    {
        var random = new Random(writer);
        try
        {
            for (var number = 0; ; number++)
            {
                await SendAsync(Batch(random, $"{writer}/{number}"), writer + number, Stopped);
            }
        }
        catch (Exception e) when (IsEnd(e)) { }
    }

    private async Task StreamAsync(int stream)
    {
        var random = new Random(Writers + stream);
        var options = new EventSenderOptions
        {
            BufferCapacity = MostEvents,
            MaxBatchSize = MostEvents,
            MaxBatchesInFlight = 2,
            AnswerTimeout = _timeout,
            Retry = Retries,
            Abort = Stopped,
            OnAnswer = answer => Acknowledge(answer.Events, answer.Answer),
        };
        try
        {
            using var client = new ScoringClient(_servers[^(1 + (stream % _servers.Count))].Address);
            await using var sender = new EventSender(client, options);
            for (var number = 0; ; number++)
            {
                var item = Item(random, $"stream {stream}/{number}");
                Ledger.Send([item]);
                await sender.SendAsync(item, Stopped);
            }
        }
        catch (Exception e) when (IsEnd(e)) { }
    }

    private async Task ReadAsync(int reader)
    {
        var random = new Random(Writers + Streams + reader);
        try
        {
            while (true)
            {
                var customer = random.Next(10) == 0 ? Ledger.Everybody : Customer(random.Next(Customers));
                await _policy.RunAsync(
                    stop => CheckAsync(_servers[random.Next(_servers.Count)], customer, stop),
                    Stopped
                );
                _reads++;
            }
        }
        catch (Exception e) when (IsEnd(e)) { }
    }

    /// <summary>Sends what has no answer once more, and sees that on every server everything counts as it must, before and after.</summary>
    private async Task SettleAsync()
    {
        await CheckAllAsync();
        foreach (var batch in Ledger.Unknown.Chunk(MostEvents))
        {
            await SendAsync(batch, server: 0, CancellationToken.None);
        }
        Assert.Empty(Ledger.Unknown);
        await CheckAllAsync();
        Assert.True(_reads > 0, "Nothing was read meanwhile.");
    }

    private async Task CheckAllAsync()
    {
        foreach (var server in _servers)
        {
            foreach (var customer in Everyone.Append(Ledger.Everybody))
            {
                await _policy.RunAsync(cancelled => CheckAsync(server, customer, cancelled), CancellationToken.None);
            }
        }
    }

    private async Task SendAsync(IReadOnlyList<Event> events, int server, CancellationToken stop)
    {
        var attempts = 0;
        await _policy.RunAsync(_ => SendAsync(events, _servers[(server + attempts++) % _servers.Count], stop), stop);
        InterlockedMax(ref _mostAttempts, attempts);
    }

    private async Task<bool> SendAsync(IReadOnlyList<Event> events, RunningServer server, CancellationToken stop)
    {
        var counted = events.Where(item => !IsBad(item)).ToList();
        var since = Stopwatch.GetTimestamp();
        Ledger.Send(counted);
        try
        {
            if (events.Count == 1 && counted.Count == 1)
            {
                var request = new RecordEventRequest { Event = events[0] };
                await ClientOf(server).Scoring.RecordEventAsync(request, cancellationToken: stop);
                Ledger.Acknowledge(counted);
            }
            else
            {
                var request = new RecordEventsRequest { Events = { events } };
                var answer = await ClientOf(server).Scoring.RecordEventsAsync(request, cancellationToken: stop);
                Acknowledge(events, answer);
            }
            return true;
        }
        catch (RpcException e) when (e.StatusCode == StatusCode.ResourceExhausted)
        {
            Ledger.Refuse(counted);
            Interlocked.Increment(ref _refused);
            throw;
        }
        finally
        {
            InterlockedMax(ref _longestCall, (int)Stopwatch.GetElapsedTime(since).TotalMilliseconds);
        }
    }

    private void Acknowledge(IReadOnlyList<Event> events, RecordEventsResponse answer)
    {
        var counted = events.Where(item => !IsBad(item)).ToList();
        Assert.Equal(counted.Count, answer.AcceptedCount + answer.DuplicateCount);
        Assert.Equal(events.Count - counted.Count, answer.Rejections.Count);
        Ledger.Acknowledge(counted);
    }

    private async Task<bool> CheckAsync(RunningServer server, string customer, CancellationToken stop)
    {
        var before = Ledger.Of(customer);
        var told =
            customer is Ledger.Everybody
                ? await AskForAllAsync(ClientOf(server), stop)
                : await AskAsync(ClientOf(server), customer, stop);
        Ledger.Check(customer, before, told);
        return true;
    }

    private static async Task<Dictionary<string, Figures>> AskAsync(
        ScoringClient client,
        string customer,
        CancellationToken stop
    )
    {
        try
        {
            var request = new GetScoreRequest { CustomerId = customer, Model = Model };
            var score = await client.Scoring.GetScoreAsync(request, cancellationToken: stop);
            return score
                .Contributions.GroupBy(part => part.EventType)
                .ToDictionary(type => type.Key, type => new Figures(Of(type, Measure.Count), Of(type, Measure.Value)));
        }
        catch (RpcException e) when (e.StatusCode == StatusCode.NotFound)
        {
            return [];
        }

        static double Of(IEnumerable<Contribution> parts, Measure measure) =>
            parts.Single(part => part.Measure == measure).Quantity;
    }

    private static async Task<Dictionary<string, Figures>> AskForAllAsync(ScoringClient client, CancellationToken stop)
    {
        var request = new GetSegmentStatsRequest { Model = Model, IncludeEventTotals = true };
        var stats = await client.Scoring.GetSegmentStatsAsync(request, cancellationToken: stop);
        return stats.EventTotals.ToDictionary(
            total => total.EventType,
            total => new Figures(total.EventCount, total.ValueSum)
        );
    }

    /// <summary>A client for each process: one that was away a while is not called for as long again.</summary>
    private ScoringClient ClientOf(RunningServer server) =>
        _clients.GetOrAdd(
            server.Id,
            _ =>
                new(
                    new ScoringClientOptions
                    {
                        Address = server.Address,
                        Timeout = _timeout,
                        MaxAttempts = 1,
                    }
                )
        );

    /// <summary>Whether only the end of the load kept a call from being tried again: a server may be away at that moment.</summary>
    private bool IsEnd(Exception error) =>
        Stopped.IsCancellationRequested
        && (error is OperationCanceledException || (error is RpcException call && RetryPolicy.CanRetry(call)));

    private static List<Event> Batch(Random random, string id)
    {
        var events = Enumerable.Range(0, random.Next(1, MostEvents)).Select(i => Item(random, $"{id}/{i}")).ToList();
        if (random.Next(8) == 0)
        {
            events.Add(Item(random, $"{id}/{Bad}"));
            events[^1].OccurredAt += FarAhead;
        }
        return events;
    }

    private static Event Item(Random random, string id) =>
        new()
        {
            EventId = id,
            CustomerId = Customer(random.Next(Customers)),
            Type = Types[random.Next(Types.Length)],
            Value = random.Next(1, 1_000),
            OccurredAt = Timestamp.FromDateTimeOffset(DateTimeOffset.UtcNow),
        };

    private static bool IsBad(Event item) => item.EventId.EndsWith(Bad, StringComparison.Ordinal);

    private static string Customer(int number) => $"c{number}";

    private async Task PutModelAsync()
    {
        var model = new ScoringModel
        {
            Name = Model,
            TargetPoints = 100,
            Bands =
            {
                new Band { Name = "all", Engagement = Engagement.Engaged },
            },
        };
        model.Terms.AddRange(
            from type in Types
            from measure in new[] { Measure.Count, Measure.Value }
            select new Term
            {
                EventType = type,
                Measure = measure,
                Weight = 1,
            }
        );
        // Not by the deadline of the load: partitions may be moving to servers that have just joined.
        await ClientOf(_servers[0])
            .Models.PutScoringModelAsync(
                new() { Model = model },
                deadline: DateTime.UtcNow + Patience,
                cancellationToken: Stopped
            );
    }

    private static void InterlockedMax(ref int target, int value)
    {
        for (var seen = target; value > seen; seen = target)
        {
            Interlocked.CompareExchange(ref target, value, seen);
        }
    }
}
