using System.Buffers;
using System.Diagnostics.Metrics;
using BenchmarkDotNet.Attributes;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Microsoft.Extensions.DependencyInjection;
using Scoring.Benchmarks.Comparisons.Ingest;
using Scoring.Core.Facts;
using Scoring.Core.Models;
using Scoring.Core.Scores;
using Scoring.Core.Time;
using Scoring.Server;
using Scoring.Server.Recording;
using Scoring.Server.Scores;
using Scoring.Server.Telemetry;
using Scoring.Server.Workspaces;

namespace Scoring.Benchmarks.Pieces;

/// <summary>What lies between the bytes of a call and the engine, each beside the generated code that it spares.</summary>
[MemoryDiagnoser]
public class WireBenchmark
{
    private readonly byte[] _batch = Batch();
    private readonly CustomerScore _score = Score();
    private ServiceProvider _services = null!;
    private EventRecorder _recorder = null!;

    [GlobalSetup]
    public void Start()
    {
        _services = new ServiceCollection().AddMetrics().BuildServiceProvider();
        var options = new FrontOptions();
        _recorder = new EventRecorder(
            backend: null!,
            new WorkspaceCatalog(options),
            options,
            new ServiceMetrics(_services.GetRequiredService<IMeterFactory>()),
            TimeProvider.System
        );
    }

    [GlobalCleanup]
    public void Stop() => _services.Dispose();

    /// <summary>Reads, checks and puts into the form that is journalled.</summary>
    [Benchmark(OperationsPerInvoke = Traffic.BatchSize)]
    public int DecodeBatch()
    {
        // As the marshaller hands it over.
        var copy = ArrayPool<byte>.Shared.Rent(_batch.Length);
        _batch.CopyTo(copy, 0);
        using var events = _recorder.Check(new V1.RecordEventsRequest { Encoded = copy.AsMemory(0, _batch.Length) });
        return events.Batch.Count;
    }

    /// <summary>Reads alone, into objects.</summary>
    [Benchmark(OperationsPerInvoke = Traffic.BatchSize)]
    public int DecodeBatchByGeneratedCode() => V1.RecordEventsRequest.Parser.ParseFrom(_batch).Events.Count;

    [Benchmark]
    public int EncodeScore() => ScoreMessages.ToProto(_score).ToByteArray().Length;

    private static byte[] Batch()
    {
        var request = new V1.RecordEventsRequest();
        for (var place = 0; place < Traffic.BatchSize; place++)
        {
            request.Events.Add(
                new V1.Event
                {
                    EventId = Traffic.Event(place),
                    CustomerId = Traffic.Customer(place * 7919 % 1_000_000),
                    AccountId = Traffic.Account(place),
                    Type = Traffic.TypeAt(place).Name,
                    OccurredAt = Timestamp.FromDateTimeOffset(DateTimeOffset.UnixEpoch.AddDays(20_000)),
                }
            );
        }

        return request.ToByteArray();
    }

    /// <summary>One of the shipped model for a customer with the eight types of the load.</summary>
    private static CustomerScore Score() =>
        new()
        {
            CustomerId = Traffic.Customer(1),
            AccountId = Traffic.Account(1),
            Attributes = [new("plan", "pro"), new("country", "at")],
            Points = 41.5,
            Score = 41.5,
            Band = "somewhat_engaged",
            Lifecycle = Core.Lifecycles.Lifecycle.Active,
            Momentum = 0.25,
            Contributions =
            [
                .. Traffic.Types.Select(type => new Contribution(
                    new Term(type.Name, 30, Measure.Count, type.Weight, 60),
                    3.25,
                    3.25 * type.Weight,
                    Capped: false
                )),
            ],
            NextBand = new NextBand("highly_engaged", 70, 28.5, Exclusive: true),
            ModelName = "engagement",
            ModelVersion = 1,
            ReadTime = Instant.From(DateTimeOffset.UnixEpoch.AddDays(20_000)),
            LastEventTime = Instant.From(DateTimeOffset.UnixEpoch.AddDays(19_999)),
        };
}
