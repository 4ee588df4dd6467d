using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Orleans.Configuration;
using Scoring.Core.Recording;
using Scoring.Core.Scores;
using Scoring.Core.Time;

namespace Scoring.Grains.Tests.Customers;

/// <summary>The example of the README, as it stands there.</summary>
internal static class ApplicationExample
{
    public static async Task<CustomerScore?> RunAsync(
        IPEndPoint gateway,
        Instant now,
        TimeSpan patience,
        CancellationToken cancellationToken
    )
    {
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        builder.UseOrleansClient(client =>
        {
            client.UseStaticClustering(gateway);
            client.Configure<ClusterOptions>(cluster =>
                (cluster.ClusterId, cluster.ServiceId) = ("scoring", "scoring")
            );
        });
        using var application = builder.Build();
        await application.StartAsync(cancellationToken);

        var grains = application.Services.GetRequiredService<IClusterClient>();
        var ada = grains.GetGrain<ICustomerGrain>(new CustomerKey("default", "ada").ToString());
        using var batch = new EventBatch("default");
        batch.Add(
            new EventRecord
            {
                CustomerId = "ada"u8,
                Type = "login"u8,
                OccurredAt = now,
                Value = 1,
            }
        );
        await ada.RecordAsync(batch.Encoded.ToArray(), patience, cancellationToken);
        var score = await ada.GetScoreAsync(model: "", readTime: null, patience, cancellationToken);
        await application.StopAsync(cancellationToken);
        return score;
    }
}
