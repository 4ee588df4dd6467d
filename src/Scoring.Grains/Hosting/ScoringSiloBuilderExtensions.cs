using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Configuration;
using Orleans.Runtime.GrainDirectory;
using Orleans.Runtime.Hosting;
using Scoring.Core.Backend;
using Scoring.Engine.Hosting;
using Scoring.Grains.Accounts;
using Scoring.Grains.Announcements;
using Scoring.Grains.Customers;
using Scoring.Grains.Front;
using Scoring.Grains.Models;
using Scoring.Grains.Partitions;
using Scoring.Grains.Placement;
using Scoring.Grains.Relay;
using Scoring.Grains.Stores;

namespace Scoring.Grains.Hosting;

/// <summary>Makes a silo host the domain.</summary>
public static class ScoringSiloBuilderExtensions
{
    // How long a customer or account stays active that nobody asks for. Coming back takes it 30 microseconds.
    private static readonly TimeSpan CustomerIdleTime = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan CollectionQuantum = TimeSpan.FromSeconds(15);

    // Opening or closing a partition: loading a large one from afar takes seconds.
    private static readonly TimeSpan OpenTimeout = TimeSpan.FromMinutes(5);

    /// <summary>Adds the grains over an engine, and the port <see cref="IScoringBackend"/> for the silo's front.</summary>
    /// <param name="silo">The silo.</param>
    /// <param name="options">How it hosts the domain.</param>
    /// <param name="engine">Gives the engine of this process.</param>
    public static ISiloBuilder AddScoring(
        this ISiloBuilder silo,
        GrainOptions options,
        Func<IServiceProvider, HostedEngine> engine
    )
    {
        var services = silo.Services;
        silo.Configure<SiloMessagingOptions>(messaging => messaging.ResponseTimeout = options.CallTimeout);
        silo.Configure<ClusterMembershipOptions>(MembershipDefaults.Apply);
        silo.Configure<GrainCollectionOptions>(Apply);
        // After what encrypts connections, if anything does.
        services.PostConfigure<SiloConnectionOptions>(connections =>
            connections.ConfigureSiloOutboundConnection(Apply)
        );
        services.AddSingleton(options);
        services.AddSingleton(engine);
        services.AddSingleton<SiloConnections>();
        services.AddSingleton<ClusterView>();
        services.AddSingleton<PartitionHashes>();
        services.AddSingleton<PartitionMap>();
        services.AddSingleton<IPartitionLocations>(provider => provider.GetRequiredService<PartitionMap>());
        services.AddPlacementDirector<HomePlacement, HomePlacementDirector>();
        services.AddSingleton<PartitionDirectory>();
        services.AddSingleton<IGrainDirectoryCache>(provider => provider.GetRequiredService<PartitionDirectory>());
        silo.AddGrainDirectory(
            PartitionDirectory.Name,
            (provider, _) => provider.GetRequiredService<PartitionDirectory>()
        );
        services.AddSingleton<PartitionKeeper>();
        services.AddSingleton<ILifecycleParticipant<ISiloLifecycle>>(provider =>
            provider.GetRequiredService<PartitionKeeper>()
        );
        services.AddSingleton<HostRelayClient>();
        silo.AddGrainService<HostRelay>();
        services.AddSingleton(provider => new RoutedBackend(
            provider.GetRequiredService<HostedEngine>().Host,
            provider.GetRequiredService<PartitionMap>(),
            () => provider.GetRequiredService<IStoreAnnouncer>().AnnounceAsync()
        ));
        services.AddSingleton<ModelLoader>();
        services.AddSingleton<IStoreAnnouncer, StoreAnnouncer>();
        services.AddSingleton<CustomerActivations>();
        services.AddSingleton<CustomerReferences>();
        services.AddSingleton<CustomerCalls>();
        services.AddSingleton<IScoringBackend, GrainBackend>();
        return silo;
    }

    private static void Apply(IConnectionBuilder builder)
    {
        var connections = builder.ApplicationServices.GetRequiredService<SiloConnections>();
        builder.Use(next => connection => connections.OpenedAsync(connection, next));
    }

    private static void Apply(GrainCollectionOptions collection)
    {
        collection.CollectionQuantum = CollectionQuantum;
        collection.ClassSpecificCollectionAge[typeof(CustomerGrain).FullName!] = CustomerIdleTime;
        collection.ClassSpecificCollectionAge[typeof(AccountGrain).FullName!] = CustomerIdleTime;
        collection.ActivationTimeout = OpenTimeout;
        collection.DeactivationTimeout = OpenTimeout;
    }
}
