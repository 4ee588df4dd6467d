using System.IO.Compression;
using Grpc.Core;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Testing;
using Scoring.Core;
using Scoring.Core.Recording;

namespace Scoring.Server.Tests.Calls;

/// <summary>What holds for every call, whatever its method.</summary>
public sealed class CallTests
{
    private static readonly CancellationToken Token = TestContext.Current.CancellationToken;

    public static TheoryData<string> UnaryMethods =>
        [
            .. from service in new[]
            {
                V1.ScoringService.Descriptor,
                V1.ModelService.Descriptor,
                V1.HistoryService.Descriptor,
            }
            from method in service.Methods
            where !method.IsClientStreaming
            select $"{service.FullName}/{method.Name}",
        ];

    [Theory]
    [MemberData(nameof(UnaryMethods))]
    public async Task Malformed_request_is_an_invalid_argument(string method)
    {
        await using var front = await Front.StartAsync();

        // A field of length 5 that ends after one byte.
        var (status, message) = await SendAsync(front, method, [0x0A, 5, 1]);

        Assert.Equal(StatusCode.InvalidArgument, status);
        Assert.Contains("protobuf", message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Malformed_batch_of_a_stream_is_an_invalid_argument()
    {
        await using var front = await Front.StartAsync();

        var (status, _) = await SendAsync(front, "scoring.v1.ScoringService/StreamEvents", [0x12, 5, 1]);

        Assert.Equal(StatusCode.InvalidArgument, status);
    }

    [Fact]
    public async Task What_nobody_foresaw_is_internal_with_an_id_that_the_log_has()
    {
        using var log = new FakeLoggerProvider();
        await using var front = await Front.StartAsync(log: log);
        front.Backend.OnScores = _ => throw new InvalidDataException("the secret inside");

        var error = await Assert.ThrowsAsync<RpcException>(() => GetScoreAsync(front));

        Assert.Equal(StatusCode.Internal, error.StatusCode);
        Assert.DoesNotContain("secret", error.Status.Detail, StringComparison.Ordinal);
        var id = error.Status.Detail.Split(' ')[^1].TrimEnd('.');
        var line = Assert.Single(
            log.Collector.GetSnapshot(),
            line => line.Message.Contains(id, StringComparison.Ordinal)
        );
        Assert.Equal((LogLevel.Error, "the secret inside"), (line.Level, line.Exception?.Message));
    }

    [Fact]
    public async Task The_deadline_is_answered_even_if_the_backend_ignores_it()
    {
        await using var front = await Front.StartAsync();
        var never = new TaskCompletionSource<WriteResult>();
        front.Backend.OnRecord = _ => new ValueTask<WriteResult>(never.Task);
        var client = new V1.ScoringService.ScoringServiceClient(front.Channel);

        var error = await Assert.ThrowsAsync<RpcException>(async () =>
            await client.RecordEventsAsync(
                new()
                {
                    Events =
                    {
                        new V1.Event { CustomerId = "ada", Type = "x" },
                    },
                },
                deadline: DateTime.UtcNow.AddMilliseconds(200),
                cancellationToken: Token
            )
        );

        Assert.Equal(StatusCode.DeadlineExceeded, error.StatusCode);
        never.SetResult(new WriteResult(1, 0, [], Durability.OnDisk));
    }

    [Fact]
    public async Task A_decompression_bomb_is_cut_off_at_the_limit()
    {
        await using var front = await Front.StartAsync(Front.Options with { MaxMessageBytes = 10_000 });
        var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.SmallestSize, leaveOpen: true))
        {
            gzip.Write(new byte[50_000_000]);
        }

        var (status, _) = await SendAsync(
            front,
            "scoring.v1.ScoringService/GetScore",
            packed.ToArray(),
            compressed: true
        );

        Assert.Equal(StatusCode.ResourceExhausted, status);
    }

    [Theory]
    [MemberData(nameof(UnaryMethods))]
    [InlineData("scoring.v1.ScoringService/StreamEvents")]
    public async Task Message_over_its_limit_is_refused_and_the_setting_is_named(string method)
    {
        await using var front = await Front.StartAsync(Front.Options with { MaxMessageBytes = 100 });

        var (status, message) = await SendAsync(front, method, new byte[101]);

        Assert.Equal(
            (
                StatusCode.ResourceExhausted,
                "The request is larger than 100 bytes, the most that a call may have; send less at a time or raise Scoring:MaxMessageBytes."
            ),
            (status, message)
        );
    }

    [Fact]
    public async Task Requests_over_the_limit_have_a_reason_for_programs()
    {
        await using var front = await Front.StartAsync(Front.Options with { MaxMessageBytes = 100 });
        var large = new V1.BatchGetScoresRequest { CustomerIds = { new string('a', 101) } };

        var request = await front.FailAsync<V1.BatchGetScoresRequest, V1.BatchGetScoresResponse>(
            "BatchGetScores",
            large
        );

        Assert.Equal(("BODY_TOO_LARGE", "100"), (request.Reason, request.Metadata["limit"]));
        Assert.Equal(
            "The request is larger than 100 bytes, the most that a call may have; send less at a time or raise Scoring:MaxMessageBytes.",
            request.Message
        );
    }

    [Fact]
    public async Task A_slow_reader_makes_the_stream_wait()
    {
        await using var front = await Front.StartAsync(Front.Options with { MaxStreamBatches = 2 });
        // Answers of 10,000 rejections, which soon fill what a connection buffers.
        var batch = new V1.RecordEventsRequest();
        batch.Events.AddRange(Enumerable.Repeat(new V1.Event { CustomerId = "ada" }, 10_000));
        using var stream = front.Stream();
        var sent = 0;
        using var full = new CancellationTokenSource();
        var writing = Task.Run(
            async () =>
            {
                while (true)
                {
                    await stream.RequestStream.WriteAsync(batch, full.Token);
                    Interlocked.Increment(ref sent);
                }
            },
            Token
        );
        await Standstill.OfAsync(() => Volatile.Read(ref sent), Token);

        Assert.True(front.Backend.Batches.Count < 100, $"{front.Backend.Batches.Count} batches were taken");
        await full.CancelAsync();
        await Assert.ThrowsAnyAsync<Exception>(() => writing);
    }

    private static async Task<V1.CustomerScore> GetScoreAsync(Front front) =>
        await front.CallAsync<V1.GetScoreRequest, V1.CustomerScore>("GetScore", new() { CustomerId = "ada" });

    private static Task<(StatusCode Status, string Message)> SendAsync(
        Front front,
        string method,
        byte[] message,
        bool compressed = false
    ) => RawCall.SendAsync($"http://{front.Channel.Target}", method, message, compressed);
}
