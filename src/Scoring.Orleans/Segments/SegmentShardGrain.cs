using System.Buffers;
using System.Diagnostics;
using Scoring.Cluster.Messages;
using Scoring.Cluster.Models;
using Scoring.Cluster.Storage;
using Scoring.Cluster.Workspaces;
using Scoring.Core.Models;
using Scoring.Core.Populations;
using Scoring.Core.Segments;
using Scoring.Core.Time;
using Scoring.Postgres;

namespace Scoring.Cluster.Segments;

/// <inheritdoc cref="ISegmentShardGrain"/>
/// <remarks>
/// A copy, made from what is stored and kept up by what silos tell of their customers; nothing is stored of it. A customer's version says
/// which of two records is the newer one, so it does not matter in which order they come, or that one comes twice. What a silo that died
/// had stored but not told is read from the store.
/// </remarks>
[KeepAlive]
[GrainType("scoring.segment-shard")]
internal sealed class SegmentShardGrain : Grain, ISegmentShardGrain
{
    // More than clocks of silos and of the store differ, and than a silo that was declared dead goes on writing.
    private static readonly TimeSpan Overlap = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan LookAroundEvery = TimeSpan.FromMilliseconds(500);

    // Longer than a front needs from a tally to what it wants of it.
    private static readonly TimeSpan KeepFor = TimeSpan.FromSeconds(5);

    // Eight bytes for each customer of the segment and question. Who asks beyond that is sent every score.
    private const int MostKept = 8;

    // About as many bytes as a brief tally has, with what is picked after it.
    private const int MostScoresSent = 2_048;

    private readonly ShardKey _key;
    private readonly CustomerTable _table;
    private readonly ModelCache _models;
    private readonly IClusterMembershipService _membership;
    private readonly Introductions _introductions;
    private readonly Population _population;
    private readonly List<long> _versions = [];
    private readonly Dictionary<SiloAddress, long> _completeThrough = [];
    private readonly HashSet<SiloAddress> _mourned = [];
    private readonly Dictionary<Guid, (SegmentTally Tally, long Since)> _kept = [];
    private long _loadedAt;

    public SegmentShardGrain(
        IGrainContext context,
        WorkspaceDirectory workspaces,
        CustomerTable table,
        ModelCache models,
        IClusterMembershipService membership,
        SummaryServiceClient silos
    )
    {
        (_table, _models, _membership) = (table, models, membership);
        _key = ShardKey.Parse(context.GrainId.Key.ToString()!);
        _introductions = new Introductions(silo => silos.TellAsync(silo, _key), TimeProvider.System);
        _population = new Population(workspaces.Get(_key.Workspace));
    }

    public override async Task OnActivateAsync(CancellationToken cancellationToken)
    {
        foreach (var silo in Dead())
        {
            _mourned.Add(silo);
        }
        _loadedAt = DateTime.UtcNow.Ticks;
        await LoadAsync(DateTime.UnixEpoch, cancellationToken);
        this.RegisterGrainTimer(LookAroundAsync, TimeSpan.Zero, LookAroundEvery);
    }

    public Task PutAsync(SummaryBatch batch)
    {
        foreach (var customer in batch.Customers)
        {
            Put(customer.CustomerId, customer.Version, customer.Record);
        }
        _population.Settle();
        _completeThrough[batch.Silo] = Math.Max(_completeThrough.GetValueOrDefault(batch.Silo), batch.CompleteThrough);
        return Task.CompletedTask;
    }

    public async Task<TallyAnswer> TallyAsync(SegmentQuery query, ModelRef model, long readTicks) =>
        await TallyAsync(model, found => _population.Tally(query, found, new Instant(readTicks)).Write);

    public async Task<TallyAnswer> TallyBrieflyAsync(Guid question, SegmentQuery query, ModelRef model, long readTicks)
    {
        _kept.Remove(question);
        return await TallyAsync(
            model,
            found =>
            {
                var tally = _population.Tally(query, found, new Instant(readTicks));
                return sent =>
                {
                    if (_kept.Count >= MostKept)
                    {
                        tally.Write(sent);
                    }
                    else if (tally.WriteBriefly(sent, MostScoresSent))
                    {
                        _kept.Add(question, (tally, Stopwatch.GetTimestamp()));
                    }
                };
            }
        );
    }

    public Task<byte[]?> PickAsync(Guid question, byte[] wanted)
    {
        if (!_kept.Remove(question, out var kept))
        {
            return Task.FromResult<byte[]?>(null);
        }
        var picked = new ArrayBufferWriter<byte>(256);
        kept.Tally.WritePicked(wanted, picked);
        return Task.FromResult<byte[]?>(picked.WrittenSpan.ToArray());
    }

    public async Task<TallyAnswer> TallyAccountAsync(
        string accountId,
        ModelRef model,
        int windowDays,
        long readTicks
    ) =>
        await TallyAsync(
            model,
            found => _population.TallyAccount(accountId, found, windowDays, new Instant(readTicks)).Write
        );

    private async Task<TallyAnswer> TallyAsync(ModelRef model, Func<ScoringModel, Action<IBufferWriter<byte>>> tally)
    {
        if (await _models.FindAsync(_key.Workspace, model.Name, model.Version) is not { } found)
        {
            return new(null, 0);
        }
        var sent = new ArrayBufferWriter<byte>(256);
        tally(found)(sent);
        return new(sent.WrittenSpan.ToArray(), CompleteThrough());
    }

    /// <summary>Up to when everything is in the population: what the silo says that has been silent longest.</summary>
    private long CompleteThrough()
    {
        // What a silo that died had not told counts as long as it was not read from the store.
        var members = Members(status => status != SiloStatus.Joining && status != SiloStatus.Created);
        return members
            .Where(silo => !_mourned.Contains(silo))
            .Select(silo => _completeThrough.GetValueOrDefault(silo, _loadedAt))
            .DefaultIfEmpty(_loadedAt)
            .Min();
    }

    private IEnumerable<SiloAddress> Members(Func<SiloStatus, bool> have) =>
        _membership.CurrentSnapshot.Members.Values.Where(member => have(member.Status)).Select(m => m.SiloAddress);

    private IEnumerable<SiloAddress> Dead() => Members(status => status == SiloStatus.Dead);

    /// <summary>Has silos that came tell this shard, and reads what silos that died may have stored without telling.</summary>
    private async Task LookAroundAsync(CancellationToken cancellationToken)
    {
        LetGo();
        _introductions.Make([.. Members(status => status == SiloStatus.Active)]);
        var dead = Dead().Where(silo => !_mourned.Contains(silo)).ToList();
        if (dead.Count == 0)
        {
            return;
        }
        var since = dead.Min(silo => _completeThrough.GetValueOrDefault(silo, _loadedAt));
        await LoadAsync(new DateTime(since, DateTimeKind.Utc) - Overlap, cancellationToken);
        foreach (var silo in dead)
        {
            _mourned.Add(silo);
            _completeThrough.Remove(silo);
        }
    }

    /// <summary>Lets go of tallies that nobody asked for what is wanted of.</summary>
    private void LetGo()
    {
        foreach (var (question, kept) in _kept)
        {
            if (Stopwatch.GetElapsedTime(kept.Since) > KeepFor)
            {
                _kept.Remove(question);
            }
        }
    }

    private async Task LoadAsync(DateTime changedSince, CancellationToken cancellationToken)
    {
        var (first, end) = Buckets.Of(_key.Shard, _key.Shards);
        try
        {
            await foreach (
                var customer in _table.ReadAsync(_key.Workspace, first, end, changedSince, cancellationToken)
            )
            {
                Put(customer.CustomerId, customer.Version, customer.Record);
            }
        }
        catch (Exception e) when (StoreFailures.IsOne(e))
        {
            throw StoreFailures.OfRead(e);
        }
        _population.Settle();
    }

    private void Put(byte[] customerId, long version, byte[] record)
    {
        var row = _population.Find(customerId);
        if (row >= 0 && _versions[row] >= version)
        {
            return;
        }
        row = _population.Put(record);
        if (row == _versions.Count)
        {
            _versions.Add(version);
        }
        else
        {
            _versions[row] = version;
        }
    }
}
