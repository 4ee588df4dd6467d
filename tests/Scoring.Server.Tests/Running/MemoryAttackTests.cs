using System.Diagnostics;
using System.IO.Compression;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Mime;
using System.Net.Sockets;
using System.Text.RegularExpressions;
using Google.Protobuf;
using Grpc.Core;
using Grpc.Net.Client;
using Scoring.Backend.Specs;
using Scoring.Server.Tests.Calls;

namespace Scoring.Server.Tests.Running;

/// <summary>
/// Callers that make the server hold as much as they can. It has the memory of a small container and no timeout helps it; it answers others meanwhile, and its memory
/// goes back when they have gone.
/// </summary>
public sealed partial class MemoryAttackTests : IDisposable
{
    private const int Customers = 2_000;
    private const int StoppedBytes = 14_000_000;
    private const int AnnouncedBytes = 15_000_000;
    private const long KeptBytes = 48 << 20;

    /// <summary>What calls of others may take at the 99th percentile. Far above what is measured: it says that they are not made to wait for the attack to end.</summary>
    private static readonly TimeSpan Latency = TimeSpan.FromSeconds(2);

    private readonly Folder _folder = new();
    private readonly List<IDisposable> _attackers = [];

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        _attackers.ForEach(attacker => attacker.Dispose());
        _folder.Dispose();
    }

    [Fact]
    public Task Answers_that_are_never_read_take_no_more_than_the_budget() =>
        WithstandsAsync(async server =>
        {
            var everything = new V1.GetSegmentStatsRequest { TopCount = 1_000, BottomCount = 1_000 }.ToByteArray();
            for (var i = 0; i < 2; i++)
            {
                var caller = await ConnectAsync(server, reads: false);
                for (var call = 0; call < 1_000; call++)
                {
                    await caller.CallAsync("GetSegmentStats", everything);
                }
            }
        });

    [Fact]
    public Task Small_answers_to_long_headers_that_are_never_read_take_no_more_than_the_budget() =>
        WithstandsAsync(
            async server =>
            {
                var metadata = new string('m', 30_000);
                var score = new V1.GetScoreRequest { CustomerId = "ada" }.ToByteArray();
                for (var i = 0; i < 30; i++)
                {
                    await Ignore(async () =>
                    {
                        var caller = await ConnectAsync(server, reads: false);
                        for (var call = 0; call < 100; call++)
                        {
                            var stream = await caller.BeginAsync("GetScore", metadata);
                            await caller.SendAsync(stream, [0, .. BigEndian(score.Length), .. score], isLast: true);
                        }
                    });
                }
            },
            refuses: false
        );

    [Theory]
    [InlineData("RecordEvents")]
    [InlineData("UpsertCustomers")]
    [InlineData("StreamEvents")]
    public Task Requests_by_gRPC_that_stop_after_14_of_15_MB_take_no_more_than_the_budget(string method) =>
        WithstandsAsync(server =>
        {
            for (var i = 0; i < 300; i++)
            {
                Attack(
                    server.Grpc + "/scoring.v1.ScoringService/" + method,
                    HttpVersion.Version20,
                    new StoppingContent("application/grpc", [0, .. BigEndian(AnnouncedBytes)], length: null)
                );
            }
            return Task.CompletedTask;
        });

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public Task Requests_in_JSON_that_stop_after_14_of_15_MB_take_no_more_than_the_budget(bool tellLength) =>
        WithstandsAsync(server =>
        {
            for (var i = 0; i < 300; i++)
            {
                Attack(
                    server.Http.BaseAddress + "v1/events:batchRecord",
                    HttpVersion.Version11,
                    new StoppingContent(
                        MediaTypeNames.Application.Json,
                        "{\"events\":["u8.ToArray(),
                        tellLength ? AnnouncedBytes : null
                    )
                );
            }
            return Task.CompletedTask;
        });

    [Fact]
    public Task Streams_whose_answers_are_never_read_take_no_more_than_the_budget() =>
        WithstandsAsync(async server =>
        {
            // Nothing of an event is there, which every answer says of each.
            var batch = new V1.RecordEventsRequest { Events = { Enumerable.Repeat(new V1.Event(), 10_000) } };
            byte[] message = [0, .. BigEndian(batch.CalculateSize()), .. batch.ToByteArray()];
            for (var i = 0; i < 30; i++)
            {
                await Ignore(async () =>
                {
                    var caller = await ConnectAsync(server, reads: false);
                    for (var call = 0; call < 4; call++)
                    {
                        var stream = await caller.BeginAsync("StreamEvents");
                        for (var sent = 0; sent + message.Length < 1_900_000; sent += message.Length)
                        {
                            await SendInFramesAsync(caller, stream, message);
                        }
                    }
                });
            }
        });

    [Theory]
    [InlineData("RecordEvents")]
    [InlineData("UpsertCustomers")]
    public Task Messages_that_expand_to_a_thousand_times_their_length_are_refused(string method) =>
        WithstandsAsync(async server =>
        {
            var bomb = Compressed(new byte[64 << 20]);
            await Task.WhenAll(
                Enumerable
                    .Range(0, 40)
                    .Select(async _ =>
                    {
                        var (status, _) = await RawCall.SendAsync(
                            server.Grpc,
                            $"scoring.v1.ScoringService/{method}",
                            bomb,
                            compressed: true
                        );
                        Assert.Equal(StatusCode.ResourceExhausted, status);
                    })
            );
        });

    [Fact]
    public Task Messages_that_become_an_object_for_every_two_bytes_are_refused() =>
        WithstandsAsync(async server =>
        {
            var customers = new V1.UpsertCustomersRequest
            {
                Customers = { Enumerable.Repeat(new V1.Customer(), 7_000_000) },
            }.ToByteArray();
            for (var i = 0; i < 4; i++)
            {
                var (status, _) = await RawCall.SendAsync(
                    server.Grpc,
                    "scoring.v1.ScoringService/UpsertCustomers",
                    customers
                );
                Assert.Equal(StatusCode.ResourceExhausted, status);
            }
        });

    [Fact]
    public Task Streams_with_as_many_headers_as_there_may_be_take_no_more_than_the_budget() =>
        WithstandsAsync(async server =>
        {
            var metadata = new string('m', 30_000);
            for (var i = 0; i < 60; i++)
            {
                await Ignore(async () =>
                {
                    var caller = await ConnectAsync(server, reads: true);
                    for (var call = 0; call < 100; call++)
                    {
                        await caller.BeginAsync("StreamEvents", metadata);
                    }
                });
            }
        });

    [Fact]
    public async Task One_connection_does_not_take_what_others_need()
    {
        await using var server = await StartAsync();
        await FillAsync(server.Channel);
        var everything = new V1.GetSegmentStatsRequest { TopCount = 1_000, BottomCount = 1_000 };
        var caller = await ConnectAsync(server, reads: false);
        for (var call = 0; call < 1_000; call++)
        {
            await caller.CallAsync("GetSegmentStats", everything.ToByteArray());
        }
        await Until.TrueAsync(async () => await MetricAsync(server, "scoring_calls_refused_total") > 0);

        var answer = await server.CallAsync<V1.GetSegmentStatsRequest, V1.SegmentStats>("GetSegmentStats", everything);

        Assert.Equal(1_000, answer.TopCustomers.Count);
    }

    [Fact]
    public async Task A_call_beyond_it_is_refused_at_once_with_when_to_try_again()
    {
        await using var server = await StartAsync();
        using var others = From("127.0.0.2", server);
        for (var i = 0; i < 8; i++)
        {
            Attack(
                server.Grpc + "/scoring.v1.ScoringService/RecordEvents",
                HttpVersion.Version20,
                new StoppingContent("application/grpc", [0, .. BigEndian(AnnouncedBytes)], length: null)
            );
        }
        await Until.TrueAsync(async () => await MetricAsync(server, "scoring_calls_refused_total") > 0);
        var large = new V1.RecordEventsRequest { Workspace = new string('w', AnnouncedBytes) };

        var failure = CallFailure.Of(
            await Assert.ThrowsAsync<RpcException>(() =>
                others.CallAsync<V1.RecordEventsRequest, V1.RecordEventsResponse>("RecordEvents", large)
            )
        );

        Assert.Equal((StatusCode.ResourceExhausted, "OVERLOADED"), (failure.Code, failure.Reason));
        Assert.Contains("Scoring:CallMemory", failure.Message, StringComparison.Ordinal);
        Assert.NotNull(failure.RetryAfter);
        using var body = new StringContent(
            $$"""{"events":[{"customerId":"{{large.Workspace}}"}]}""",
            MediaTypeHeaderValue.Parse(MediaTypeNames.Application.Json)
        );
        using var json = await server.Http.PostAsync("v1/events:batchRecord", body, Token);
        Assert.Equal(HttpStatusCode.TooManyRequests, json.StatusCode);
        Assert.Contains("OVERLOADED", await json.Content.ReadAsStringAsync(Token), StringComparison.Ordinal);
    }

    /// <summary>A server in a container of 256 MiB, which nothing but the budget saves: a stalled call may stay as it is.</summary>
    private Task<ServerInstance> StartAsync() =>
        ServerInstance.StartAsync(
            _folder,
            ["--StallTimeout=1h", "--MaxStreamsPerConnection=1000"],
            new() { ["DOTNET_GCHeapHardLimit"] = "0x10000000" }
        );

    /// <summary>Attacks a server, and looks at it and at what others see meanwhile and afterwards.</summary>
    private async Task WithstandsAsync(Func<ServerInstance, Task> attack, bool refuses = true)
    {
        await using var server = await StartAsync();
        using var others = From("127.0.0.2", server);
        await FillAsync(others);
        await UseAsync(others, 200);
        var before = MemoryOf(server);

        using var attacked = new CancellationTokenSource();
        var meanwhile = MeasureAsync(others, attacked.Token);
        await attack(server);
        if (refuses)
        {
            await Until.TrueAsync(async () => await MetricAsync(server, "scoring_calls_refused_total") > 0);
        }
        await attacked.CancelAsync();
        var durations = await meanwhile;
        durations.AddRange(await UseAsync(others, 400));
        var peak = MemoryOf(server);

        var tail = durations.Order().ElementAt((int)(durations.Count * 0.99));
        TestContext.Current.TestOutputHelper?.WriteLine(
            $"{durations.Count} calls of others, p99 {tail.TotalMilliseconds:0.0} ms, {durations.Max().TotalMilliseconds:0} ms at most; memory {before >> 20} MiB before, {peak >> 20} MiB meanwhile, {await MetricAsync(server, "scoring_calls_memory_bytes") / (1 << 20):0} MiB of it for calls, {await MetricAsync(server, "scoring_calls_refused_total")} refused"
        );
        Assert.InRange(tail, TimeSpan.Zero, Latency);
        _attackers.ForEach(attacker => attacker.Dispose());
        await Until.TrueAsync(async () => await MetricAsync(server, "scoring_calls_memory_bytes") < 4 << 20);
        // Who allocates nothing collects nothing: others go on, as they do wherever a server is of use.
        await Until.TrueAsync(async () =>
        {
            await UseAsync(others, 20);
            return MemoryOf(server) < before + KeptBytes;
        });
        TestContext.Current.TestOutputHelper?.WriteLine($"memory {MemoryOf(server) >> 20} MiB afterwards");
        Assert.Equal(0, await server.StopAsync());
    }

    private async Task<Http2Caller> ConnectAsync(ServerInstance server, bool reads)
    {
        var caller = await Http2Caller.ConnectAsync(server, reads);
        _attackers.Add(caller);
        return caller;
    }

    /// <summary>Begins a request on a connection of its own, and waits for nothing.</summary>
    private void Attack(string address, Version version, HttpContent content)
    {
        var caller = new HttpClient();
        var given = new CancellationTokenSource();
        _attackers.Add(caller);
        var request = new HttpRequestMessage(HttpMethod.Post, address)
        {
            Version = version,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
            Content = content,
        };
        _ = Ignore(async () =>
        {
            using var answer = await caller.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, given.Token);
        });
    }

    private static async Task FillAsync(GrpcChannel channel)
    {
        var answer = await channel.CallAsync<V1.RecordEventsRequest, V1.RecordEventsResponse>(
            "RecordEvents",
            new() { Events = { Enumerable.Range(0, Customers).Select(i => Event($"{i}{new string('c', 240)}")) } }
        );
        Assert.Equal(Customers, answer.AcceptedCount);
    }

    private static V1.Event Event(string customer) => new() { CustomerId = customer, Type = "login" };

    private static async Task<List<TimeSpan>> MeasureAsync(GrpcChannel others, CancellationToken until)
    {
        var durations = new List<TimeSpan>();
        while (!until.IsCancellationRequested)
        {
            durations.AddRange(await UseAsync(others, 2));
        }
        return durations;
    }

    private static async Task<List<TimeSpan>> UseAsync(GrpcChannel others, int calls)
    {
        var durations = new List<TimeSpan>();
        for (var i = 0; i < calls; i += 2)
        {
            var since = Stopwatch.GetTimestamp();
            await others.CallAsync<V1.RecordEventRequest, V1.RecordEventResponse>(
                "RecordEvent",
                new() { Event = Event("ada") }
            );
            durations.Add(Stopwatch.GetElapsedTime(since));
            since = Stopwatch.GetTimestamp();
            await others.CallAsync<V1.GetScoreRequest, V1.CustomerScore>("GetScore", new() { CustomerId = "ada" });
            durations.Add(Stopwatch.GetElapsedTime(since));
        }
        return durations;
    }

    private static async Task SendInFramesAsync(Http2Caller caller, int stream, byte[] message)
    {
        foreach (var part in message.Chunk(16_384))
        {
            await caller.SendAsync(stream, part);
        }
    }

    /// <summary>What an attacker does fails when the server has ended its connection.</summary>
    private static async Task Ignore(Func<Task> act)
    {
        try
        {
            await act();
        }
        catch (Exception e)
            when (e is IOException or SocketException or HttpRequestException or OperationCanceledException) { }
    }

    private static long MemoryOf(ServerInstance server)
    {
        using var process = Process.GetProcessById(server.Pid);
        return process.WorkingSet64;
    }

    private static async Task<double> MetricAsync(ServerInstance server, string name)
    {
        var metrics = await server.Http.GetStringAsync("/metrics", Token);
        return double.Parse(
            Metric().Matches(metrics).Single(line => line.Groups["name"].Value == name).Groups["value"].Value
        );
    }

    [GeneratedRegex(
        @"^(?<name>\w+)(\{[^}]*\})? (?<value>\d[\d.e+]*)\r?$",
        RegexOptions.Multiline | RegexOptions.ExplicitCapture,
        1_000
    )]
    private static partial Regex Metric();

    private static byte[] BigEndian(int number) =>
        [(byte)(number >> 24), (byte)(number >> 16), (byte)(number >> 8), (byte)number];

    private static byte[] Compressed(byte[] message)
    {
        using var compressed = new MemoryStream();
        using (var stream = new GZipStream(compressed, CompressionLevel.SmallestSize))
        {
            stream.Write(message);
        }
        return compressed.ToArray();
    }

    private static GrpcChannel From(string address, ServerInstance server) =>
        ConnectionLimitTests.From(address, server);

    /// <summary>A body that says it is longer than what ever comes of it.</summary>
    private sealed class StoppingContent : HttpContent
    {
        private static readonly byte[] Spaces = [.. Enumerable.Repeat((byte)' ', 64 << 10)];
        private readonly byte[] _begin;
        private readonly long? _length;

        public StoppingContent(string type, byte[] begin, long? length)
        {
            (_begin, _length) = (begin, length);
            Headers.ContentType = MediaTypeHeaderValue.Parse(type);
        }

        protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) =>
            SerializeToStreamAsync(stream, context, Token);

        protected override async Task SerializeToStreamAsync(
            Stream stream,
            TransportContext? context,
            CancellationToken cancellationToken
        )
        {
            await stream.WriteAsync(_begin, cancellationToken);
            for (var sent = 0; sent < StoppedBytes; sent += Spaces.Length)
            {
                await stream.WriteAsync(Spaces, cancellationToken);
            }
            await stream.FlushAsync(cancellationToken);
            await Task.Delay(Timeout.Infinite, cancellationToken);
        }

        protected override bool TryComputeLength(out long length)
        {
            length = _length ?? 0;
            return _length is not null;
        }
    }
}
