using System.Diagnostics.Metrics;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;
using Scoring.Rpc.Telemetry;

namespace Scoring.Rpc.Tests.Telemetry;

[Collection(TelemetryCollection.Name)]
public sealed class ServerMetricsTests
{
    private const string Service = "scoring.rpc.test.EchoService/";

    [Fact]
    public async Task Duration_is_measured_by_method_and_status()
    {
        var time = new FakeTimeProvider();
        var handler = new Echo
        {
            OnUnary = (request, _) =>
            {
                time.Advance(TimeSpan.FromMilliseconds(30));
                return request.Count == 0
                    ? Task.FromResult(Echo.Answer(request))
                    : throw new RpcException((StatusCode)request.Count, "no");
            },
        };
        using var measured = new Measurements("Scoring.Rpc");
        await using var server = await TestServer.StartAsync(handler, time: time);

        await server.PostAsync(Raw.UnaryPath, "{}"u8.ToArray(), "application/json");
        await server.PostAsync(Raw.UnaryPath, """{"count":5}"""u8.ToArray(), "application/json");
        await server.PostAsync(Raw.UnaryPath, Raw.Frame(new Protos.EchoRequest { Count = 13 }));
        await server.PostAsync(Raw.RepeatPath, Raw.Frame(new Protos.EchoRequest { Count = 7 }));
        await server.PostAsync("/no.such.Service/Method", []);

        Assert.Equal(
            [
                ("connectrpc", Service + "Unary", "OK", null, 0.03),
                ("connectrpc", Service + "Unary", "not_found", null, 0.03),
                ("grpc", Service + "Unary", "INTERNAL", "INTERNAL", 0.03),
                ("grpc", Service + "Repeat", "OK", null, 0),
                ("grpc", "_OTHER", "UNIMPLEMENTED", "UNIMPLEMENTED", 0),
            ],
            measured.All.Select(m =>
                (
                    m.Tags["rpc.system.name"],
                    m.Tags["rpc.method"],
                    m.Tags["rpc.status_code"],
                    m.Tags.GetValueOrDefault("error.type"),
                    Math.Round(m.Value, 9)
                )
            )
        );
    }

    [Fact]
    public async Task The_instrument_is_that_of_the_conventions()
    {
        using var measured = new Measurements("Scoring.Rpc");
        await using var server = await TestServer.StartAsync();

        await server.PostAsync(Raw.UnaryPath, Raw.Frame([]));

        var instrument = Assert.IsType<Histogram<double>>(Assert.Single(measured.All).Instrument);
        Assert.Equal(("rpc.server.call.duration", "s"), (instrument.Name, instrument.Unit));
        Assert.Equal(
            [0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10],
            instrument.Advice!.HistogramBucketBoundaries!
        );
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_call_costs_no_memory_whether_or_not_metrics_are_on(bool listening)
    {
        using var provider = new ServiceCollection().AddMetrics().BuildServiceProvider();
        var telemetry = new RpcTelemetry(provider.GetRequiredService<IMeterFactory>(), TimeProvider.System);
        var method = new MethodTelemetry(Echo.UnaryMethod);
        var http = new DefaultHttpContext();
        using var listener = new MeterListener();
        var measured = 0;
        if (listening)
        {
            listener.InstrumentPublished = (instrument, self) =>
            {
                if (instrument.Meter.Name == "Scoring.Rpc")
                {
                    self.EnableMeasurementEvents(instrument);
                }
            };
            listener.SetMeasurementEventCallback<double>((_, _, _, _) => measured++);
            listener.Start();
        }

        Measure();
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 1_000; i++)
        {
            Measure();
        }

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
        Assert.Equal(listening ? 1_001 : 0, measured);

        void Measure()
        {
            var call = telemetry.Start(http, method, RpcSystem.Grpc);
            telemetry.End(call, StatusCode.NotFound, "not there");
        }
    }
}
