using Microsoft.Extensions.Diagnostics.HealthChecks;
using Scoring.Core.Workspaces;
using Scoring.Engine;
using Scoring.Engine.Tests;
using Scoring.Server.Health;

namespace Scoring.Server.Tests.Health;

/// <summary>What readiness says of a clock of the machine that jumped.</summary>
public sealed class ClockHealthTests : IDisposable
{
    private readonly Folder _folder = new();

    [Fact]
    public async Task Jump_of_the_clock_is_told_until_it_is_confirmed()
    {
        var system = new WallClock();
        await using var engine = await ScoringEngine.OpenAsync(
            new EngineOptions
            {
                DataDirectory = _folder.Root,
                Workspaces = [new WorkspaceSettings { Name = "default" }],
                TimeProvider = system,
            }
        );
        var health = new ClockHealth(engine.Clock);
        Assert.Equal(HealthStatus.Healthy, (await CheckAsync(health)).Status);

        system.Wall += TimeSpan.FromDays(400);

        var told = await CheckAsync(health);
        Assert.Equal(HealthStatus.Degraded, told.Status);
        Assert.Contains("400.00:00:00", told.Description, StringComparison.Ordinal);
        engine.Clock.Confirm();
        Assert.Equal(HealthStatus.Healthy, (await CheckAsync(health)).Status);
    }

    [Fact]
    public async Task Clock_that_cannot_jump_is_healthy() =>
        Assert.Equal(HealthStatus.Healthy, (await CheckAsync(new ClockHealth(TimeProvider.System))).Status);

    public void Dispose() => _folder.Dispose();

    private static Task<HealthCheckResult> CheckAsync(ClockHealth health) =>
        health.CheckHealthAsync(new HealthCheckContext(), TestContext.Current.CancellationToken);

    /// <summary>A machine whose wall clock is set while no time passes.</summary>
    private sealed class WallClock : TimeProvider
    {
        public DateTimeOffset Wall { get; set; } = new(2026, 3, 2, 12, 0, 0, TimeSpan.Zero);

        public override DateTimeOffset GetUtcNow() => Wall;

        public override long GetTimestamp() => 7_000_000;
    }
}
