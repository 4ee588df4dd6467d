using System.Collections.Concurrent;
using Scoring.Cluster.Tests.Clusters;
using Scoring.Core;

namespace Scoring.Cluster.Tests.Traps;

/// <summary>Silos end without a word while events come in.</summary>
[Collection(OnThreeSilos.Name)]
public sealed class LostSiloSpecs(ThreeSilos cluster) : BackendSpecs(cluster)
{
    private const int Customers = 40;
    private readonly ThreeSilos _cluster = cluster;

    [Fact]
    public async Task No_acknowledged_event_is_lost_or_counted_twice_when_silos_end_under_load()
    {
        await using var host = await Start();
        var acknowledged = new ConcurrentDictionary<string, int>();
        using var stop = new CancellationTokenSource();
        Task[] senders =
        [
            .. Enumerable.Range(0, 8).Select(sender => SendAsync(host, sender, acknowledged, stop.Token)),
        ];

        for (var silo = 0; silo < 3; silo++)
        {
            await _cluster.ReplaceAsync(silo);
            await AfterAsync(acknowledged, events: 500);
        }
        await stop.CancelAsync();
        await Task.WhenAll(senders);

        for (var customer = 0; customer < Customers; customer++)
        {
            var id = $"c{customer}";
            Assert.Equal(acknowledged.GetValueOrDefault(id), await host.CountOf(id));
        }
        var segment = await host.Segment(query => query with { EventTotals = true });
        Assert.Equal(acknowledged.Values.Sum(), segment.EventTotals.Sum(total => total.Count));
    }

    /// <summary>Sends events one after the other, each until it is acknowledged, as a client with a retry policy does.</summary>
    private static async Task SendAsync(
        BackendHost host,
        int sender,
        ConcurrentDictionary<string, int> acknowledged,
        CancellationToken stop
    )
    {
        for (var i = 0; !stop.IsCancellationRequested; i++)
        {
            var sample = new Sample($"c{(sender + i) % Customers}", $"{sender}/{i}");
            while (!await IsAcknowledgedAsync(host, sample)) { }
            acknowledged.AddOrUpdate(sample.Customer, 1, (_, count) => count + 1);
        }
    }

    private static async Task<bool> IsAcknowledgedAsync(BackendHost host, Sample sample)
    {
        try
        {
            var result = await host.Record(sample);
            Assert.Empty(result.Rejections);
            return true;
        }
        catch (ScoringException e) when (e.Error == ScoringError.Unavailable)
        {
            return false;
        }
        // The front itself was on the silo that ended.
        catch (Exception e)
            when (e is ObjectDisposedException or InvalidOperationException or OperationCanceledException)
        {
            return false;
        }
    }

    private static async Task AfterAsync(ConcurrentDictionary<string, int> acknowledged, int events)
    {
        var from = acknowledged.Values.Sum();
        while (acknowledged.Values.Sum() < from + events)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(20), BackendHost.Cancellation);
        }
    }
}
