using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Scoring.Cli.Tests.Support;
using Scoring.Core.Time;
using Scoring.Engine;
using Scoring.Engine.Files;
using Scoring.Engine.Hosting;
using Scoring.Grains.Hosting;
using Scoring.Grains.Models;
using Scoring.Grains.Stores;

namespace Scoring.Grains.Tests.Customers;

/// <summary>An application of Orleans in a process that is no silo, over a gateway of loopback.</summary>
public sealed class ApplicationExampleSpecs
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public void The_example_of_the_README_is_the_one_that_is_tested()
    {
        var readme = File.ReadAllText(Path.Combine(Repository.Root, "src", "Scoring.Grains", "README.md"));
        var tested = File.ReadAllText(
            Path.Combine(Repository.Root, "tests", "Scoring.Grains.Tests", "Customers", "ApplicationExample.cs")
        );

        var example = readme.Split("```csharp")[1].Split("```")[0];

        Assert.Contains(WithoutSpace(example), WithoutSpace(tested), default);
    }

    [Fact]
    public async Task It_records_an_event_and_reads_a_score()
    {
        var data = Directory.CreateTempSubdirectory("scoring-grains-").FullName;
        var gateway = new IPEndPoint(IPAddress.Loopback, FreePort.Next());
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        var options = new EngineOptions { DataDirectory = data, Partitions = 4 };
        builder.Services.AddSingleton(_ => PartitionHost.Open(options, FileStore.Lock(options), out var _));
        builder.UseOrleans(silo =>
        {
            silo.UseLocalhostClustering(FreePort.Next(), gateway.Port, serviceId: "scoring", clusterId: "scoring");
            silo.AddScoring(
                new GrainOptions(),
                services => new HostedEngine(services.GetRequiredService<PartitionHost>(), TimeSpan.Zero)
            );
        });
        using (var server = builder.Build())
        {
            await server.StartAsync(Cancellation);
            await server
                .Services.GetRequiredService<ModelLoader>()
                .LoadAsync([new ModelSource("default", Samples.Model(), "hash")], Cancellation);

            var score = await ApplicationExample.RunAsync(
                gateway,
                Instant.From(TimeProvider.System.GetUtcNow()),
                TimeSpan.FromSeconds(30),
                Cancellation
            );

            Assert.Equal("ada", score?.CustomerId);
            await server.StopAsync(Cancellation);
        }
        Directory.Delete(data, recursive: true);
    }

    // Formatters break lines otherwise than a page does, and add commas.
    private static string WithoutSpace(string code) =>
        string.Concat(code.Where(sign => !char.IsWhiteSpace(sign))).Replace(",}", "}", default);
}
