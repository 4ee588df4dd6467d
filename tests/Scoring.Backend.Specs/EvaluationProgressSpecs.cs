using Scoring.Core.Evaluation;

namespace Scoring.Backend.Specs;

/// <summary>How far an evaluation is. Of hosts that tests can tell it of: calls that are sent to another process carry no progress.</summary>
public abstract class EvaluationProgressSpecs(IBackendHosts hosts) : BackendSpecs(hosts)
{
    [Fact]
    public async Task It_is_told_how_far_it_is_and_can_be_stopped()
    {
        await using var host = await Start();
        await host.Record(new Sample("ada"));
        host.Clock.Advance(TimeSpan.FromDays(2));
        var query = new EvaluationQuery
        {
            Workspace = host.Workspace,
            Outcome = new OutcomeRule.OfEvent("complaint", CanRecur: false),
            CutOffs = [host.Now - TimeSpan.FromDays(1)],
            Horizon = TimeSpan.FromDays(1),
        };
        var reports = new Reports();

        await host.Evaluate(query, reports);

        Assert.Equal(reports.Shares.Order(), reports.Shares);
        Assert.Equal(1, reports.Shares[^1]);
        using var stopped = new CancellationTokenSource();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () =>
            await host.Backend.EvaluateModelAsync(query, new Reports(stopped.Cancel), stopped.Token)
        );
    }

    private sealed class Reports(Action? then = null) : IProgress<double>
    {
        public List<double> Shares { get; } = [];

        public void Report(double value)
        {
            Shares.Add(value);
            then?.Invoke();
        }
    }
}
