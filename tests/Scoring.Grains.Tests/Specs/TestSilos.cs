using System.Collections.Concurrent;
using Microsoft.Extensions.DependencyInjection;
using Orleans.TestingHost;
using Scoring.Core.Backend;
using Scoring.Core.Models;
using Scoring.Core.Recording;
using Scoring.Core.Scores;
using Scoring.Engine;
using Scoring.Engine.Hosting;
using Scoring.Engine.Recovery;
using Scoring.Engine.Tests.Hosting;
using Scoring.Grains.Partitions;
using Scoring.Grains.Placement;
using Scoring.Grains.Relay;

namespace Scoring.Grains.Tests.Specs;

/// <summary>Silos in this process over one store in its memory.</summary>
internal sealed class TestSilos : EngineSilos
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly ConcurrentDictionary<SiloAddress, SharedStore.Connection> _connections = new();
    private readonly ConcurrentDictionary<int, int> _openings = new();
    private int _relayed;

    private TestSilos(int silos, EngineOptions options, Func<GrainOptions, GrainOptions>? change)
        : base(silos)
    {
        Options = options with { TimeProvider = new SteppedClock(Clock) };
        Grains = new()
        {
            RebalanceDelay = TimeSpan.FromMilliseconds(300),
            CheckInterval = TimeSpan.FromMilliseconds(200),
        };
        Grains = change?.Invoke(Grains) ?? Grains;
    }

    public SharedStore Store { get; } = new(TimeProvider.System);

    /// <summary>The numbers of the partitions.</summary>
    public IEnumerable<int> Partitions => Enumerable.Range(0, Options.Partitions!.Value);

    /// <summary>What every opening waits for.</summary>
    public Func<int, Task> BeforeOpening { get; set; } = _ => Task.CompletedTask;

    /// <summary>What every call to a customer or segment does first.</summary>
    public Action BeforeGrainCall { get; set; } = () => { };

    /// <summary>Questions and writes that silos sent each other.</summary>
    public int Relayed => Volatile.Read(ref _relayed);

    protected override EngineOptions Options { get; }

    protected override GrainOptions Grains { get; }

    /// <summary>Starts silos and returns once every partition is open.</summary>
    public static async Task<TestSilos> StartAsync(
        int silos,
        int partitions = 64,
        Func<GrainOptions, GrainOptions>? change = null,
        long maxQueuedBytes = 64 << 20
    )
    {
        var options = new EngineOptions
        {
            DataDirectory = "none",
            Partitions = partitions,
            MaxQueuedBytes = maxQueuedBytes,
        };
        var started = new TestSilos(silos, options, change);
        await started.DeployAsync(withClient: true);
        await started.Put(Samples.Model());
        await started.AllOpenAsync();
        return started;
    }

    /// <summary>A host that the cluster does not know of.</summary>
    public PartitionHost HostOn(SharedStore.Connection connection) => PartitionHost.Open(Options, connection, out _);

    public IScoringBackend Front(int silo) => Service<IScoringBackend>(silo);

    public IGrainFactory GrainsOf(int silo) => Service<IGrainFactory>(silo);

    /// <summary>The store as a silo has it.</summary>
    public SharedStore.Connection ConnectionOf(SiloAddress silo) => _connections[silo];

    /// <summary>The silo among those that are up that has a partition open; null when none has.</summary>
    public SiloAddress? OwnerOf(int partition) => Up.FirstOrDefault(silo => IsOpen(silo, partition))?.SiloAddress;

    /// <summary>How many partitions a silo has open.</summary>
    public int CountOn(InProcessSiloHandle silo) => Partitions.Count(partition => IsOpen(silo, partition));

    /// <summary>How often a partition was opened.</summary>
    public int OpeningsOf(int partition) => _openings.GetValueOrDefault(partition);

    /// <summary>Has a partition closed where it is; it is opened again once <see cref="BeforeOpening"/> lets it.</summary>
    public async Task ReleaseAsync(int partition)
    {
        await GrainsOf(0).GetGrain<IPartitionGrain>(partition).ReleaseAsync(OwnerOf(partition)!);
        await Until.TrueAsync(() => OwnerOf(partition) is null);
    }

    /// <summary>Returns once every partition is open on a silo that is up.</summary>
    public Task AllOpenAsync() => Until.TrueAsync(() => Partitions.All(partition => OwnerOf(partition) is not null));

    /// <summary>Returns once every partition is at home among the silos that are up.</summary>
    public Task AllHomeAsync()
    {
        var homes = new PartitionHomes(Options.Partitions!.Value, Up.Select(silo => silo.SiloAddress));
        return Until.TrueAsync(() => Partitions.All(partition => homes.Of(partition).Equals(OwnerOf(partition))));
    }

    public async Task<WriteResult> RecordAsync(int silo, params Sample[] events)
    {
        using var batch = Samples.Batch(events);
        return await Front(silo).RecordAsync(batch, Cancellation);
    }

    public async Task<IReadOnlyList<CustomerScore?>> ScoresAsync(int silo, params string[] customers) =>
        await Front(silo).GetScoresAsync(new ScoreQuery(Workspace, customers, "", null), Cancellation);

    public async Task<double> CountOfAsync(int silo, string customer) =>
        (await ScoresAsync(silo, customer))[0]
            ?.Contributions.Where(c => c.Term is EventTerm { HalfLifeDays: 0 })
            .Sum(c => c.Quantity)
        ?? 0;

    public override Task CrashAndRestartAsync() => throw new NotSupportedException();

    public override Task DisturbAsync(Random random) => throw new NotSupportedException();

    public override ValueTask DisposeAsync()
    {
        BeforeOpening = _ => Task.CompletedTask;
        return base.DisposeAsync();
    }

    protected override IStore Connect(SiloAddress silo)
    {
        var connection = _connections[silo] = Store.Connect();
        connection.AfterClaim = partition =>
        {
            _openings.AddOrUpdate(partition, 1, (_, openings) => openings + 1);
            BeforeOpening(partition).WaitAsync(Patience).GetAwaiter().GetResult();
        };
        return connection;
    }

    protected override void Cut(SiloAddress silo) => _connections[silo].IsCut = true;

    protected override void Configure(ISiloBuilder silo)
    {
        base.Configure(silo);
        silo.AddIncomingGrainCallFilter(context =>
        {
            if (context.Grain is ICustomerGrain or ISegmentGrain)
            {
                BeforeGrainCall();
            }
            return context.Invoke();
        });
        silo.AddOutgoingGrainCallFilter(context =>
        {
            var method = context.InterfaceMethod;
            // What has no answer is told from time to time.
            if (method.DeclaringType == typeof(IHostRelay) && method.ReturnType.IsGenericType)
            {
                Interlocked.Increment(ref _relayed);
            }
            return context.Invoke();
        });
    }

    private static bool IsOpen(InProcessSiloHandle silo, int partition) =>
        silo.ServiceProvider.GetRequiredService<PartitionHost>().IsOpen(partition);
}
