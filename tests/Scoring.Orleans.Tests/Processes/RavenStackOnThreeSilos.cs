using Scoring.Acceptance.Tests.RavenStack;
using Scoring.Cluster.Tests.Postgres;
using Scoring.V1;

namespace Scoring.Cluster.Tests.Processes;

/// <summary>RavenStack, imported through one of three silo processes: the figures of the standalone edition.</summary>
public sealed class RavenStackOnThreeSilos(RavenStackOnThreeSilos.Silos silos)
    : RavenStackSpecs(silos),
        IClassFixture<RavenStackOnThreeSilos.Silos>
{
    /// <summary>Three silos with a database of their own.</summary>
    public sealed class Silos(PostgresServer postgres) : RavenStackFixture
    {
        private readonly List<SiloProcess> _silos = [];

        private protected override async Task<string> StartAsync()
        {
            var connection = await postgres.NewDatabaseAsync();
            for (var i = 0; i < 3; i++)
            {
                var models = Path.Combine(Repository.Root, "models");
                _silos.Add(await SiloProcess.StartAsync(connection, "", $"--ModelsDirectory={models}"));
            }
            return _silos[0].Address;
        }

        /// <summary>Until the figures say themselves that everything from before is in them.</summary>
        private protected override async Task SettleAsync()
        {
            var before = DateTime.UtcNow;
            while (true)
            {
                var asked = DateTime.UtcNow;
                var stats = await Client.Scoring.GetSegmentStatsAsync(new GetSegmentStatsRequest());
                if (asked - (stats.Lag?.ToTimeSpan() ?? TimeSpan.Zero) >= before)
                {
                    return;
                }
                await Task.Delay(TimeSpan.FromMilliseconds(20));
            }
        }

        private protected override async Task StopAsync()
        {
            foreach (var silo in _silos)
            {
                await silo.DisposeAsync();
            }
        }
    }
}
