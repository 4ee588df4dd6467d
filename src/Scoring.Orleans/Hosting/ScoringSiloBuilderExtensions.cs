using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using Orleans.Runtime.Hosting;
using Scoring.Cluster.Front;
using Scoring.Cluster.Models;
using Scoring.Cluster.Segments;
using Scoring.Cluster.Storage;
using Scoring.Cluster.Workspaces;
using Scoring.Core;

namespace Scoring.Cluster.Hosting;

/// <summary>Makes a silo host the domain.</summary>
public static class ScoringSiloBuilderExtensions
{
    /// <summary>Adds the grains' state, and the port <see cref="IScoringBackend"/> for the silo's front. The tables must be there: <see cref="Schema"/>.</summary>
    public static ISiloBuilder AddScoring(this ISiloBuilder silo, ClusterOptions options)
    {
        var services = silo.Services;
        services.AddSingleton(options);
        services.AddSingleton(_ => Connect(options));
        services.AddSingleton<CustomerTable>();
        services.AddSingleton<DocumentTable>();
        // A third reads, so that activations do not wait behind writes.
        services.AddSingleton(provider => new CustomerWriter(
            provider.GetRequiredService<CustomerTable>(),
            Math.Max(1, options.MaxConnections * 2 / 3)
        ));
        services.AddGrainStorage(
            PostgresGrainStorage.Name,
            (provider, _) => ActivatorUtilities.CreateInstance<PostgresGrainStorage>(provider)
        );
        services.AddSingleton<WorkspaceDirectory>();
        services.AddSingleton<ModelCache>();
        services.AddSingleton<ShardReader>();
        services.AddSingleton<CustomerCalls>();
        services.AddSingleton<SummaryOutbox>();
        services.AddHostedService(provider => provider.GetRequiredService<SummaryOutbox>());
        services.AddSingleton<SummaryServiceClient>();
        silo.AddGrainService<SummaryService>();
        services.AddSingleton<IScoringBackend, ClusterBackend>();
        return silo;
    }

    private static NpgsqlDataSource Connect(ClusterOptions options)
    {
        var source = new NpgsqlDataSourceBuilder(options.ConnectionString);
        source.ConnectionStringBuilder.MaxPoolSize = options.MaxConnections;
        source.ConnectionStringBuilder.MaxAutoPrepare = 16;
        source.ConnectionStringBuilder.AutoPrepareMinUsages = 2;
        return source.Build();
    }
}
