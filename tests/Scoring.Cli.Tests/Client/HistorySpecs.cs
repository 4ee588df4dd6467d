using Grpc.Core;
using Scoring.Cli.Tests.Support;
using Scoring.Client;
using Scoring.V1;

namespace Scoring.Cli.Tests.Client;

/// <summary>The typed calls of the past.</summary>
public sealed class HistorySpecs
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Questions_of_the_past_are_asked_again_when_a_server_could_not_answer()
    {
        await using var server = await HistoryServer.StartAsync(
            new() { CustomerId = "ada" },
            new() { CustomerId = "bob" },
            new() { ModelName = "m" },
            new() { Current = new() { CustomerId = "eve" } },
            new() { ModelName = "n" },
            new() { AccountId = "acme" },
            accountChange: new() { AccountId = "globex" }
        );
        using var client = new ScoringClient(server.Address);
        foreach (var code in new[] { StatusCode.Unavailable, StatusCode.ResourceExhausted })
        {
            server.Failures.Enqueue(new RpcException(new Status(code, "Not now.")));
        }

        var history = await client.History.GetScoreHistoryAsync(new() { CustomerId = "ada" }, cancellationToken: Token);
        server.Failures.Enqueue(new RpcException(new Status(StatusCode.Unavailable, "Not now.")));
        var change = await client.History.ExplainScoreChangeAsync(
            new() { CustomerId = "bob" },
            cancellationToken: Token
        );
        server.Failures.Enqueue(new RpcException(new Status(StatusCode.Unavailable, "Not now.")));
        var segment = await client.History.GetSegmentHistoryAsync(new(), cancellationToken: Token);
        server.Failures.Enqueue(new RpcException(new Status(StatusCode.Unavailable, "Not now.")));
        var projection = await client.History.ProjectScoreAsync(new() { CustomerId = "eve" }, cancellationToken: Token);

        server.Failures.Enqueue(new RpcException(new Status(StatusCode.Unavailable, "Not now.")));
        var movers = await client.History.ListMoversAsync(new(), cancellationToken: Token);

        Assert.Equal("n", movers.ModelName);
        server.Failures.Enqueue(new RpcException(new Status(StatusCode.Unavailable, "Not now.")));
        var account = await client.History.GetAccountHealthHistoryAsync(new(), cancellationToken: Token);

        server.Failures.Enqueue(new RpcException(new Status(StatusCode.Unavailable, "Not now.")));
        var health = await client.History.ExplainAccountHealthChangeAsync(new(), cancellationToken: Token);

        Assert.Equal(("acme", "globex"), (account.AccountId, health.AccountId));
        Assert.Equal(("m", "eve"), (segment.ModelName, projection.Current.CustomerId));
        Assert.Equal(("ada", "bob"), (history.CustomerId, change.CustomerId));
        Assert.Equal(
            [
                typeof(GetScoreHistoryRequest),
                typeof(GetScoreHistoryRequest),
                typeof(GetScoreHistoryRequest),
                typeof(ExplainScoreChangeRequest),
                typeof(ExplainScoreChangeRequest),
                typeof(GetSegmentHistoryRequest),
                typeof(GetSegmentHistoryRequest),
                typeof(ProjectScoreRequest),
                typeof(ProjectScoreRequest),
                typeof(ListMoversRequest),
                typeof(ListMoversRequest),
                typeof(GetAccountHealthHistoryRequest),
                typeof(GetAccountHealthHistoryRequest),
                typeof(ExplainAccountHealthChangeRequest),
                typeof(ExplainAccountHealthChangeRequest),
            ],
            server.Requests.Select(request => request.GetType())
        );
    }
}
