using System.Text;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Scoring.Cluster.Customers;
using Scoring.Postgres;

namespace Scoring.Cluster.Segments;

/// <summary>Tells the shards what became of this silo's customers: the newest of each, every <see cref="ClusterOptions.SummaryInterval"/>.</summary>
/// <remarks>
/// What cannot be told stays and is told again. What is lost with the silo is in the store, where the shards look for it. So nothing here is
/// ever written, and as much waits as there are customers that changed.
/// </remarks>
internal sealed partial class SummaryOutbox(
    IGrainFactory grains,
    ILocalSiloDetails silo,
    ClusterOptions options,
    ILogger<SummaryOutbox> logger
) : BackgroundService
{
    private const int MostTogether = 2_000;
    private readonly Lock _gate = new();
    private readonly SemaphoreSlim _sending = new(1);
    private readonly HashSet<ShardKey> _told = [];
    private readonly HashSet<ShardKey> _failing = [];
    private Dictionary<CustomerKey, (long Version, byte[] Record)> _changed = [];

    /// <summary>Notes what was stored of a customer.</summary>
    public void Post(CustomerKey customer, long version, byte[] record)
    {
        lock (_gate)
        {
            if (_changed.GetValueOrDefault(customer).Version < version)
            {
                _changed[customer] = (version, record);
            }
        }
    }

    /// <summary>From now on tells a shard, also when there is nothing to tell.</summary>
    public void Tell(ShardKey shard)
    {
        lock (_gate)
        {
            _told.Add(shard);
        }
    }

    /// <summary>Tells everything that was noted so far; false when some of it could not be told.</summary>
    public async Task<bool> FlushAsync()
    {
        await _sending.WaitAsync();
        try
        {
            return await SendAsync();
        }
        finally
        {
            _sending.Release();
        }
    }

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(options.SummaryInterval);
        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken))
            {
                await FlushAsync();
            }
        }
        catch (OperationCanceledException)
        {
            // The shards look in the store for what was not told.
        }
    }

    private async Task<bool> SendAsync()
    {
        Dictionary<CustomerKey, (long Version, byte[] Record)> changed;
        ShardKey[] told;
        var now = DateTime.UtcNow.Ticks;
        lock (_gate)
        {
            (changed, _changed) = (_changed, []);
            told = [.. _told];
        }
        var byShard = changed
            .GroupBy(c => new ShardKey(
                c.Key.Workspace,
                Buckets.ShardOf(Buckets.Of(c.Key.CustomerId), options.SegmentShards),
                options.SegmentShards
            ))
            .ToDictionary(group => group.Key, group => group.ToList());
        // A shard that there is nothing for learns that there is nothing.
        var sent = await Task.WhenAll(
            told.Union(byShard.Keys).Select(shard => SendAsync(shard, byShard.GetValueOrDefault(shard, []), now))
        );
        return Array.TrueForAll(sent, all => all);
    }

    private async Task<bool> SendAsync(
        ShardKey shard,
        List<KeyValuePair<CustomerKey, (long Version, byte[] Record)>> changed,
        long now
    )
    {
        try
        {
            var grain = grains.GetGrain<ISegmentShardGrain>(shard.ToString());
            var chunks = changed.Chunk(MostTogether).ToList();
            for (var i = 0; i < chunks.Count - 1; i++)
            {
                await grain.PutAsync(new(silo.SiloAddress, 0, [.. chunks[i].Select(Summarize)]));
            }
            var last = chunks.Count == 0 ? [] : chunks[^1];
            await grain.PutAsync(new(silo.SiloAddress, now, [.. last.Select(Summarize)]));
            Note(shard, failure: null);
            return true;
        }
        catch (Exception e) when (e is OrleansException or TimeoutException or ObjectDisposedException)
        {
            Note(shard, e);
            foreach (var (customer, (version, record)) in changed)
            {
                Post(customer, version, record);
            }
            return false;
        }
    }

    /// <summary>Says once that a shard cannot be told, and once that it can again: it is tried every <see cref="ClusterOptions.SummaryInterval"/>.</summary>
    private void Note(ShardKey shard, Exception? failure)
    {
        lock (_gate)
        {
            if (failure is null && _failing.Remove(shard))
            {
                ToldAgain(logger, shard);
            }
            else if (failure is not null && _failing.Add(shard))
            {
                NotTold(logger, shard, failure.Message);
            }
        }
    }

    private static Summary Summarize(KeyValuePair<CustomerKey, (long Version, byte[] Record)> changed) =>
        new(Encoding.UTF8.GetBytes(changed.Key.CustomerId), changed.Value.Version, changed.Value.Record);

    [LoggerMessage(
        LogLevel.Warning,
        "The shard {Shard} cannot be told what changed, and will be told again until it can be: {Why}"
    )]
    private static partial void NotTold(ILogger logger, ShardKey shard, string why);

    [LoggerMessage(LogLevel.Information, "The shard {Shard} can be told again.")]
    private static partial void ToldAgain(ILogger logger, ShardKey shard);
}
