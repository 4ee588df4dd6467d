using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using Orleans.Configuration;
using Orleans.Runtime.Hosting;
using Scoring.Cluster.Customers;
using Scoring.Cluster.Front;
using Scoring.Cluster.Models;
using Scoring.Cluster.Segments;
using Scoring.Cluster.Storage;
using Scoring.Cluster.Workspaces;
using Scoring.Core.Backend;
using Scoring.Postgres;

namespace Scoring.Cluster.Hosting;

/// <summary>Makes a silo host the domain.</summary>
public static class ScoringSiloBuilderExtensions
{
    // Whoever is fenced off waits for a lock of the one that fences it off, which is short; longer is somebody else's. Rows are looked up by
    // their keys, also by a plan that was made while there were few of them. No statement is long enough to be worth compiling.
    private const string SessionSettings = "-c lock_timeout=5s -c enable_seqscan=off -c jit=off";

    /// <summary>Adds the grains' state, and the port <see cref="IScoringBackend"/> for the silo's front. The tables must be there: <see cref="Schema"/>.</summary>
    public static ISiloBuilder AddScoring(this ISiloBuilder silo, ClusterOptions options)
    {
        var services = silo.Services;
        silo.Configure<SiloMessagingOptions>(messaging => messaging.ResponseTimeout = options.CallTimeout / 2);
        services.AddSingleton(options);
        services.AddSingleton(_ => Connect(options));
        services.AddSingleton<CustomerTable>();
        services.AddSingleton<DocumentTable>();
        // One more says that a silo is here (StoreClaimKeeper). A third of the others reads, so that activations do not wait behind writes; not all of it
        // customers, so that models and shards do not wait behind them.
        services.AddSingleton(provider => new CustomerWriter(
            provider.GetRequiredService<CustomerTable>(),
            Math.Max(1, (options.MaxConnections - 1) * 2 / 3)
        ));
        services.AddSingleton(provider => new CustomerReader(
            provider.GetRequiredService<CustomerTable>(),
            Math.Max(1, options.MaxConnections / 4)
        ));
        services.AddGrainStorage(
            PostgresGrainStorage.Name,
            (provider, _) => ActivatorUtilities.CreateInstance<PostgresGrainStorage>(provider)
        );
        services.AddSingleton<ImportedIdLookup>();
        services.AddSingleton<StoreClaimKeeper>();
        services.AddSingleton<StoreStart>();
        services.AddSingleton<ILifecycleParticipant<ISiloLifecycle>>(provider =>
            provider.GetRequiredService<StoreStart>()
        );
        services.AddSingleton<WorkspaceDirectory>();
        services.AddSingleton<ModelCache>();
        services.AddSingleton<ShardReader>();
        services.AddSingleton<SegmentReader>();
        services.AddSingleton<CustomerGrains>();
        services.AddSingleton<CustomerCalls>();
        services.AddSingleton<FanOut>();
        services.AddSingleton<PartedCalls>();
        services.AddSingleton<CustomerRelayClient>();
        silo.AddGrainService<CustomerRelay>();
        services.AddSingleton<CallsBySilo>();
        services.AddPlacementDirector<CustomerPlacement, CustomerPlacementDirector>();
        services.AddSingleton<SummaryOutbox>();
        services.AddHostedService(provider => provider.GetRequiredService<SummaryOutbox>());
        services.AddSingleton<ModelLoader>();
        services.AddSingleton<SummaryServiceClient>();
        silo.AddGrainService<SummaryService>();
        services.AddSingleton<IScoringBackend, ClusterBackend>();
        return silo;
    }

    /// <summary>The connections that grains store through.</summary>
    internal static NpgsqlDataSource Connect(ClusterOptions options)
    {
        var source = new NpgsqlDataSourceBuilder(options.ConnectionString);
        source.ConnectionStringBuilder.MaxPoolSize = options.MaxConnections - 1;
        source.ConnectionStringBuilder.Options = $"{source.ConnectionStringBuilder.Options} {SessionSettings}".Trim();
        source.ConnectionStringBuilder.MaxAutoPrepare = 16;
        source.ConnectionStringBuilder.AutoPrepareMinUsages = 2;
        return source.Build();
    }
}
