using System.Net;
using Grpc.Health.V1;
using Scoring.Core;
using HealthService = Grpc.Health.V1.Health;
using ServingStatus = Grpc.Health.V1.HealthCheckResponse.Types.ServingStatus;

namespace Scoring.Server.Tests.Health;

public sealed class HealthTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Process_is_alive_whatever_the_store_says()
    {
        await using var front = await Front.StartAsync();
        front.Backend.OnHealth = _ => throw new ScoringException(ScoringError.Unavailable, "The disk is gone.");

        Assert.Equal(HttpStatusCode.OK, (await front.Http.GetAsync("/healthz", Token)).StatusCode);
    }

    [Fact]
    public async Task Ready_is_what_the_store_says_now()
    {
        await using var front = await Front.StartAsync();

        Assert.Equal(HttpStatusCode.OK, (await front.Http.GetAsync("/readyz", Token)).StatusCode);

        front.Backend.OnHealth = _ => throw new ScoringException(ScoringError.Unavailable, "The disk is gone.");
        var answer = await front.Http.GetAsync("/readyz", Token);

        Assert.Equal(HttpStatusCode.ServiceUnavailable, answer.StatusCode);
        Assert.Equal("The disk is gone.\n", await answer.Content.ReadAsStringAsync(Token));
    }

    [Theory]
    [InlineData("")]
    [InlineData("scoring.v1.ScoringService")]
    [InlineData("scoring.v1.ModelService")]
    [InlineData("scoring.v1.SegmentService")]
    [InlineData("scoring.v1.CustomerService")]
    [InlineData("scoring.v1.HistoryService")]
    [InlineData("scoring.v1.AdminService")]
    public async Task Health_service_follows_the_store(string service)
    {
        await using var front = await Front.StartAsync();
        Assert.Equal(ServingStatus.Serving, await StatusAsync(front, service));

        front.Backend.OnHealth = _ => throw new ScoringException(ScoringError.Unavailable, "The disk is gone.");
        await front.Http.GetAsync("/readyz", Token);
        Assert.Equal(ServingStatus.NotServing, await StatusAsync(front, service));

        front.Backend.OnHealth = _ => ValueTask.CompletedTask;
        await front.Http.GetAsync("/readyz", Token);
        Assert.Equal(ServingStatus.Serving, await StatusAsync(front, service));
    }

    [Fact]
    public async Task Stop_of_the_server_is_told_to_those_who_watch_its_health()
    {
        await using var front = await Front.StartAsync();
        using var watch = new HealthService.HealthClient(front.Channel).Watch(
            new HealthCheckRequest(),
            cancellationToken: Token
        );
        while (await watch.ResponseStream.MoveNext(Token) && !IsServing()) { }

        var stop = front.StopAsync();

        Assert.True(await watch.ResponseStream.MoveNext(Token));
        Assert.Equal(ServingStatus.NotServing, watch.ResponseStream.Current.Status);
        while (await watch.ResponseStream.MoveNext(Token)) { }
        await stop;

        bool IsServing() => watch.ResponseStream.Current.Status == ServingStatus.Serving;
    }

    [Fact]
    public async Task Store_is_asked_now_and_then()
    {
        await using var front = await Front.StartAsync();
        var asked = new SemaphoreSlim(0);
        front.Backend.OnHealth = _ =>
        {
            asked.Release();
            throw new ScoringException(ScoringError.Unavailable, "The disk is gone.");
        };

        while (await StatusAsync(front, "") == ServingStatus.Serving)
        {
            front.Time.Advance(Front.Options.HealthCheckPeriod);
        }

        Assert.True(asked.CurrentCount > 0);
    }

    [Fact]
    public async Task Store_that_does_not_answer_is_not_ready()
    {
        await using var front = await Front.StartAsync();
        var asked = new TaskCompletionSource();
        front.Backend.OnHealth = async token =>
        {
            asked.TrySetResult();
            await Task.Delay(Timeout.Infinite, token);
        };

        var answer = front.Http.GetAsync("/readyz", Token);
        await asked.Task.WaitAsync(Token);
        while (!answer.IsCompleted)
        {
            front.Time.Advance(Front.Options.HealthCheckTimeout);
            await Task.Yield();
        }

        Assert.Equal(HttpStatusCode.ServiceUnavailable, (await answer).StatusCode);
    }

    [Fact]
    public async Task Metrics_tell_requests_by_method_and_code_and_events_by_outcome()
    {
        await using var front = await Front.StartAsync();
        await front.CallAsync<V1.RecordEventsRequest, V1.RecordEventsResponse>(
            "RecordEvents",
            new()
            {
                Events =
                {
                    new V1.Event { CustomerId = "a", Type = "t" },
                    new V1.Event(),
                },
            }
        );
        await front.FailAsync<V1.GetScoreRequest, V1.CustomerScore>("GetScore", new() { CustomerId = "nobody" });

        using var request = new HttpRequestMessage(HttpMethod.Get, "/metrics");
        request.Headers.TryAddWithoutValidation("Accept", "application/openmetrics-text; version=1.0.0");
        var answer = await front.Http.SendAsync(request, Token);
        var text = await answer.Content.ReadAsStringAsync(Token);

        Assert.Equal("application/openmetrics-text", answer.Content.Headers.ContentType!.MediaType);
        Assert.EndsWith("# EOF\n", text, StringComparison.Ordinal);
        const string Service = "scoring.v1.ScoringService/";
        var lines = text.Split('\n');
        Assert.Contains(
            lines,
            line => Has(line, "rpc_server_call_duration_seconds_count", Service + "RecordEvents", "OK")
        );
        Assert.Contains(
            lines,
            line => Has(line, "rpc_server_call_duration_seconds_count", Service + "GetScore", "NOT_FOUND")
        );
        Assert.Contains(lines, line => Has(line, "scoring_events_total", "accepted"));
        Assert.Contains(lines, line => Has(line, "scoring_events_total", "rejected"));
        Assert.Contains(lines, line => line.StartsWith("kestrel_active_connections", StringComparison.Ordinal));
        Assert.Contains(lines, line => line.StartsWith("dotnet_gc_collections", StringComparison.Ordinal));
    }

    private static bool Has(string line, string name, params string[] labels) =>
        line.StartsWith(name, StringComparison.Ordinal)
        && labels.All(label => line.Contains($"\"{label}\"", StringComparison.Ordinal));

    private static async Task<ServingStatus> StatusAsync(Front front, string service) =>
        (
            await new HealthService.HealthClient(front.Channel).CheckAsync(
                new HealthCheckRequest { Service = service },
                cancellationToken: Token
            )
        ).Status;
}
