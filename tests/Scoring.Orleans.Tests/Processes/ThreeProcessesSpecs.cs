using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using Grpc.Core;
using Scoring.Client;
using Scoring.Cluster.Tests.Postgres;
using Scoring.V1;

namespace Scoring.Cluster.Tests.Processes;

/// <summary>Three silo processes with PostgreSQL are one service, also while one of them is killed.</summary>
public sealed class ThreeProcessesSpecs(PostgresServer postgres) : IAsyncLifetime
{
    private const int Customers = 30;
    private const string Counts = "counts";

    // CallTimeout, and half of it more at the most.
    private static readonly TimeSpan StatedTime = TimeSpan.FromSeconds(15);

    private readonly List<SiloProcess> _silos = [];

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        try
        {
            var connection = await postgres.NewDatabaseAsync();
            for (var i = 0; i < 3; i++)
            {
                _silos.Add(await SiloProcess.StartAsync(connection));
            }
            await _silos[0].Client.Models.PutScoringModelAsync(CountsModel(), cancellationToken: Cancellation);
        }
        catch
        {
            await DisposeAsync();
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var silo in _silos)
        {
            await silo.DisposeAsync();
        }
    }

    /// <summary>How often a silo is killed.</summary>
    private static int Kills =>
        int.Parse(Environment.GetEnvironmentVariable("SCORING_SILO_KILLS") ?? "10", CultureInfo.InvariantCulture);

    [Fact]
    public async Task What_one_front_records_every_front_reads_and_a_killed_silo_loses_nothing()
    {
        await WhileEventsAreSentAsync(async sent =>
        {
            for (var kill = 0; kill < Kills; kill++)
            {
                await sent.MoreAsync(300);
                await _silos[kill % 3].KillAsync();
                await _silos[kill % 3].StartAsync();
            }
            await sent.MoreAsync(300);
        });
    }

    [Fact]
    public async Task A_rolling_restart_fails_no_call_that_a_few_repetitions_do_not_hide()
    {
        var most = await WhileEventsAreSentAsync(async sent =>
        {
            foreach (var silo in _silos)
            {
                await sent.MoreAsync(300);
                Assert.Equal(0, await silo.StopAsync());
                await sent.MoreAsync(300);
                await silo.StartAsync();
            }
        });

        Assert.InRange(most, 1, 20);
    }

    /// <summary>
    /// Sends events while something is done, and sees that every one that was acknowledged is counted once, and that calls were answered in
    /// the stated time.
    /// </summary>
    /// <returns>How often the same event had to be sent at the most.</returns>
    private async Task<int> WhileEventsAreSentAsync(Func<Sent, Task> disturb)
    {
        var sent = new Sent();
        using var stop = new CancellationTokenSource();
        Task[] senders = [.. Enumerable.Range(0, 6).Select(sender => SendAsync(sender, sent, stop.Token))];
        try
        {
            await disturb(sent);
        }
        finally
        {
            await stop.CancelAsync();
            await Task.WhenAll(senders);
        }
        foreach (var silo in _silos)
        {
            for (var customer = 0; customer < Customers; customer++)
            {
                Assert.Equal(sent.Of($"c{customer}"), await CountAsync(silo, $"c{customer}"));
            }
        }
        Assert.InRange(sent.LongestCall, TimeSpan.Zero, StatedTime + TimeSpan.FromSeconds(5));
        return sent.MostAttempts;
    }

    private static PutScoringModelRequest CountsModel() =>
        new()
        {
            Model = new V1.ScoringModel
            {
                Name = Counts,
                Terms =
                {
                    new V1.Term
                    {
                        EventType = "login",
                        Measure = V1.Measure.Count,
                        Weight = 1,
                    },
                },
                TargetPoints = 100,
                Bands =
                {
                    new V1.Band { Name = "all", Engagement = V1.Engagement.Engaged },
                },
            },
        };

    private async Task SendAsync(int sender, Sent sent, CancellationToken stop)
    {
        var policy = new RetryPolicy();
        for (var i = 0; !stop.IsCancellationRequested; i++)
        {
            var item = new Event
            {
                CustomerId = $"c{(sender + i) % Customers}",
                EventId = $"{sender}/{i}",
                Type = "login",
            };
            // Another front each time, the same event until it is acknowledged, by the client's own policy: whatever that does not hide fails.
            var attempts = 0;
            await policy.RunAsync(
                _ => SendAsync(_silos[(sender + i + attempts++) % 3], item, sent),
                CancellationToken.None
            );
            sent.Note(item.CustomerId, attempts);
        }
    }

    private static async Task<RecordEventsResponse> SendAsync(SiloProcess silo, Event item, Sent sent)
    {
        var since = Stopwatch.GetTimestamp();
        try
        {
            var request = new RecordEventsRequest { Events = { item } };
            var answer = await silo.Client.Scoring.RecordEventsAsync(request, cancellationToken: Cancellation);
            Assert.Empty(answer.Rejections);
            return answer;
        }
        catch (Exception e)
            when (e is ObjectDisposedException or RpcException { Status.DebugException: ObjectDisposedException })
        {
            // The test has killed it, and its client with it: before the call, or while the client was about to make it again.
            throw new RpcException(new Status(StatusCode.Unavailable, e.Message));
        }
        catch (RpcException e) when (!RetryPolicy.CanRetry(e))
        {
            throw new InvalidOperationException($"{e.StatusCode}: {e.Message}\n{silo.Log}", e);
        }
        finally
        {
            sent.Answered(Stopwatch.GetElapsedTime(since));
        }
    }

    private static async Task<double> CountAsync(SiloProcess silo, string customer)
    {
        var request = new GetScoreRequest { CustomerId = customer, Model = Counts };
        return (await silo.Client.Scoring.GetScoreAsync(request, cancellationToken: Cancellation)).Points;
    }

    /// <summary>What was acknowledged.</summary>
    private sealed class Sent
    {
        private readonly ConcurrentDictionary<string, int> _byCustomer = new(StringComparer.Ordinal);
        private int _mostAttempts;
        private int _longestCall;

        public int MostAttempts => _mostAttempts;

        /// <summary>How long a call took at the most until it was answered, whatever the answer.</summary>
        public TimeSpan LongestCall => TimeSpan.FromMilliseconds(_longestCall);

        public int Of(string customer) => _byCustomer.GetValueOrDefault(customer);

        public void Note(string customer, int attempts)
        {
            _byCustomer.AddOrUpdate(customer, 1, (_, count) => count + 1);
            InterlockedMax(ref _mostAttempts, attempts);
        }

        public void Answered(TimeSpan after) => InterlockedMax(ref _longestCall, (int)after.TotalMilliseconds);

        /// <summary>Returns when so many more were acknowledged.</summary>
        public async Task MoreAsync(int events)
        {
            var until = _byCustomer.Values.Sum() + events;
            while (_byCustomer.Values.Sum() < until)
            {
                await Task.Delay(TimeSpan.FromMilliseconds(20), Cancellation);
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
}
