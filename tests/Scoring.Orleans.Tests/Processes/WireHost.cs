using Microsoft.Extensions.Time.Testing;
using Scoring.Cluster.Tests.Clusters;
using Scoring.Core.Backend;

namespace Scoring.Cluster.Tests.Processes;

/// <summary>A workspace of three silo processes.</summary>
internal sealed class WireHost : BackendHost
{
    private readonly SilosOverTheWire _silos;
    private readonly WireBackend _backend;

    protected override IReadOnlyDictionary<string, string> Missing { get; } =
        new Dictionary<string, string>(MissingInTheCluster.Specifications)
        {
            ["A_host_answers_as_a_naive_model_does"] =
                "An upsert assigns at the time of its receipt, by the silos' own clock, which is not the test's.",
        };

    public WireHost(SilosOverTheWire silos, string workspace)
    {
        (_silos, Workspace) = (silos, workspace);
        // Whole seconds: what is written as text has no more.
        var now = DateTimeOffset.UtcNow;
        Clock = new FakeTimeProvider(now.AddTicks(-(now.Ticks % TimeSpan.TicksPerSecond)));
        _backend = new WireBackend(silos.Processes, Clock);
    }

    public override IScoringBackend Backend => _backend;

    public override string Workspace { get; }

    public override FakeTimeProvider Clock { get; }

    public override TimeSpan ClockError => TimeSpan.FromMinutes(10);

    public override TimeSpan MaxLag => TimeSpan.FromSeconds(1);

    public override bool AnswersEveryCall => false;

    public override Task CrashAndRestartAsync() => _silos.CrashAndRestartAsync();

    // Not each time: a process takes seconds to start.
    public override Task DisturbAsync(Random random) =>
        random.Next(16) == 0 ? _silos.ReplaceAsync(random) : Task.CompletedTask;

    public override Task SettleAsync() => _backend.SettledAsync(Workspace, Cancellation);

    public override ValueTask DisposeAsync() => default;
}
