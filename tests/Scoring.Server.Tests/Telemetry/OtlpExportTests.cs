using System.Globalization;
using Grpc.Core;
using Scoring.Server.Tests.Otlp;
using Scoring.Server.Tests.Running;

namespace Scoring.Server.Tests.Telemetry;

public sealed class OtlpExportTests : IDisposable
{
    private const string Method = "scoring.v1.ScoringService/GetScore";

    /// <summary>The kind of a span, in OTLP.</summary>
    private const int Server = 2;

    private readonly Folder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_call_is_a_span_within_the_trace_of_its_caller()
    {
        const string Trace = "4bf92f3577b34da6a3ce929d0e0e4736";
        const string Parent = "00f067aa0ba902b7";
        await using var collector = await Collector.StartAsync();
        await using var server = await ServerInstance.StartAsync(
            _folder,
            environment: new() { ["OTEL_EXPORTER_OTLP_ENDPOINT"] = collector.Grpc }
        );

        await Assert.ThrowsAsync<RpcException>(async () =>
            await new V1.ScoringService.ScoringServiceClient(server.Channel).GetScoreAsync(
                new V1.GetScoreRequest { CustomerId = "nobody" },
                new Metadata { { "traceparent", $"00-{Trace}-{Parent}-01" } },
                cancellationToken: TestContext.Current.CancellationToken
            )
        );
        // What is left is sent before the process ends.
        Assert.Equal(0, await server.StopAsync());

        var (_, span) = Assert.Single(collector.Spans);
        Assert.Equal(Server, (int)span.Kind);
        Assert.Equal(Trace, Convert.ToHexStringLower(span.TraceId.Span));
        Assert.Equal(Parent, Convert.ToHexStringLower(span.ParentSpanId.Span));
        Assert.Contains(
            Method,
            span.Name + Tags(span.Attributes).GetValueOrDefault("http.route"),
            StringComparison.Ordinal
        );
        Assert.All(
            collector.Traces,
            traces => Assert.Equal("scoring", Tags(traces.Resource.Attributes)["service.name"])
        );
    }

    [Fact]
    public async Task Metrics_and_logs_are_exported_too()
    {
        await using var collector = await Collector.StartAsync();
        await using var server = await ServerInstance.StartAsync(
            _folder,
            ["--AccessLog=true"],
            new()
            {
                ["OTEL_EXPORTER_OTLP_ENDPOINT"] = collector.Http,
                ["OTEL_EXPORTER_OTLP_PROTOCOL"] = "http/protobuf",
            }
        );

        await AskAsync(server);
        Assert.Equal(0, await server.StopAsync());

        var duration = Assert.Single(collector.Instruments, metric => metric.Name == "rpc.server.call.duration");
        Assert.Equal("s", duration.Unit);
        Assert.Contains(collector.Instruments, metric => metric.Name == "scoring.engine.customers");
        var point = Assert.Single(duration.Histogram.DataPoints);
        Assert.Equal(1UL, point.Count);
        Assert.Equal(
            (Method, "grpc", "NOT_FOUND"),
            (
                Tags(point.Attributes)["rpc.method"],
                Tags(point.Attributes)["rpc.system.name"],
                Tags(point.Attributes)["rpc.status_code"]
            )
        );
        var (_, span) = Assert.Single(collector.Spans);
        var line = Assert.Single(
            collector.Logs.SelectMany(logs => logs.ScopeLogs),
            scope => scope.Scope.Name == "Scoring.Server.Access"
        );
        var record = Assert.Single(line.LogRecords);
        Assert.StartsWith($"/{Method} NOT_FOUND in ", record.Body.StringValue, StringComparison.Ordinal);
        Assert.Equal(span.TraceId, record.TraceId);
    }

    [Fact]
    public async Task The_variables_of_OpenTelemetry_do_what_they_say()
    {
        await using var collector = await Collector.StartAsync();
        await using var server = await ServerInstance.StartAsync(
            _folder,
            environment: new()
            {
                ["OTEL_EXPORTER_OTLP_ENDPOINT"] = collector.Http,
                ["OTEL_EXPORTER_OTLP_PROTOCOL"] = "http/protobuf",
                ["OTEL_EXPORTER_OTLP_HEADERS"] = "x-token=secret",
                ["OTEL_SERVICE_NAME"] = "scoring-eu",
                ["OTEL_RESOURCE_ATTRIBUTES"] = "deployment.environment.name=test",
                ["OTEL_METRICS_EXPORTER"] = "none",
            }
        );

        await AskAsync(server);
        Assert.Equal(0, await server.StopAsync());

        var traces = Assert.Single(collector.Traces);
        var resource = Tags(traces.Resource.Attributes);
        Assert.Equal(("scoring-eu", "test"), (resource["service.name"], resource["deployment.environment.name"]));
        Assert.Empty(collector.Metrics);
        Assert.NotEmpty(collector.Logs);
        Assert.All(collector.Logs, logs => Assert.Equal("scoring-eu", Tags(logs.Resource.Attributes)["service.name"]));
        Assert.All(collector.Headers, headers => Assert.Equal("secret", headers["x-token"]));
    }

    [Theory]
    [InlineData("OTEL_EXPORTER_OTLP_ENDPOINT", "localhost:4317", "http or https")]
    [InlineData("OTEL_EXPORTER_OTLP_LOGS_ENDPOINT", "/v1/logs", "http or https")]
    [InlineData("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "ftp://127.0.0.1", "http or https")]
    [InlineData("OTEL_EXPORTER_OTLP_PROTOCOL", "http/json", "grpc or http/protobuf")]
    public async Task A_variable_that_is_wrong_stops_the_start(string name, string value, string advice)
    {
        var (code, _, errors) = await ServerInstance.RunToEndAsync(_folder, [], new() { [name] = value });

        Assert.Equal(2, code);
        var line = Assert.Single(errors.Split('\n', StringSplitOptions.RemoveEmptyEntries));
        Assert.Contains(name, line, StringComparison.Ordinal);
        Assert.Contains(advice, line, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_collector_that_is_not_there_harms_nobody()
    {
        await using var server = await ServerInstance.StartAsync(
            _folder,
            environment: new() { ["OTEL_EXPORTER_OTLP_ENDPOINT"] = "http://127.0.0.1:1" }
        );

        await AskAsync(server);

        Assert.Equal(0, await server.StopAsync());
    }

    [Theory]
    [InlineData("true")]
    [InlineData("false")]
    public async Task The_access_log_is_switched_on_by_its_setting(string setting)
    {
        await using var server = await ServerInstance.StartAsync(_folder, [$"--AccessLog={setting}"]);

        await AskAsync(server);
        Assert.Equal(0, await server.StopAsync());

        Assert.Equal(
            setting == "true",
            (await server.Errors).Contains($"/{Method} NOT_FOUND in ", StringComparison.Ordinal)
        );
    }

    private static async Task AskAsync(ServerInstance server) =>
        await Assert.ThrowsAsync<RpcException>(() =>
            server.CallAsync<V1.GetScoreRequest, V1.CustomerScore>("GetScore", new() { CustomerId = "nobody" })
        );

    private static Dictionary<string, string> Tags(IEnumerable<KeyValue> attributes) =>
        attributes.ToDictionary(
            attribute => attribute.Key,
            attribute =>
                attribute.Value.ValueCase == AnyValue.ValueOneofCase.IntValue
                    ? attribute.Value.IntValue.ToString(CultureInfo.InvariantCulture)
                    : attribute.Value.StringValue
        );
}
