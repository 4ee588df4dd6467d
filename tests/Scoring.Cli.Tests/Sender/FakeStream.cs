using System.Threading.Channels;
using Grpc.Core;
using Scoring.V1;

namespace Scoring.Cli.Tests.Sender;

/// <summary>A server of <c>StreamEvents</c> that counts every event id once and answers when the test lets it.</summary>
internal sealed class FakeServer
{
    private readonly HashSet<string> _counted = [];
    private readonly Lock _lock = new();

    /// <summary>The batches as they came, over all streams.</summary>
    public Channel<RecordEventsRequest> Arrived { get; } = Channel.CreateUnbounded<RecordEventsRequest>();

    public int Streams { get; private set; }

    public int Counted
    {
        get
        {
            lock (_lock)
            {
                return _counted.Count;
            }
        }
    }

    /// <summary>What to do with the n-th batch, from 1: null answers it, an error ends the stream with it.</summary>
    public Func<int, Failure?> Decide { get; set; } = _ => null;

    /// <summary>Batches are answered while this is open.</summary>
    public SemaphoreSlim? Gate { get; set; }

    /// <summary>What a call ends with that is cancelled while it waits; null for a cancellation.</summary>
    public Status? WhenCancelled { get; set; }

    public int Batches { get; private set; }

    public AsyncDuplexStreamingCall<RecordEventsRequest, RecordEventsResponse> Open(CancellationToken token)
    {
        Streams++;
        var stream = new Stream(this);
        return new(stream, stream, Task.FromResult(new Metadata()), () => Status.DefaultSuccess, () => [], () => { });
    }

    private Failure? Take(RecordEventsRequest batch, out RecordEventsResponse answer)
    {
        lock (_lock)
        {
            answer = new RecordEventsResponse();
            var failure = Decide(++Batches);
            if (failure is not { BeforeCounting: true })
            {
                answer.AcceptedCount = batch.Events.Count(e => e.CustomerId != "bad" && _counted.Add(e.EventId));
                answer.Rejections.AddRange(
                    batch
                        .Events.Select((e, i) => (e, i))
                        .Where(p => p.e.CustomerId == "bad")
                        .Select(p => new Rejection { Index = p.i })
                );
                answer.DuplicateCount = batch.Events.Count - answer.AcceptedCount - answer.Rejections.Count;
            }

            Arrived.Writer.TryWrite(batch);
            return failure;
        }
    }

    /// <summary>An error that ends the stream, before or after the batch has been counted.</summary>
    internal sealed record Failure(RpcException Error, bool BeforeCounting);

    private sealed class Stream(FakeServer server)
        : IClientStreamWriter<RecordEventsRequest>,
            IAsyncStreamReader<RecordEventsResponse>
    {
        private readonly Channel<RecordEventsResponse> _answers = Channel.CreateUnbounded<RecordEventsResponse>();

        public WriteOptions? WriteOptions { get; set; }

        public RecordEventsResponse Current { get; private set; } = new();

        public Task WriteAsync(RecordEventsRequest message)
        {
            if (server.Take(message, out var answer) is { } failure)
            {
                _answers.Writer.TryComplete(failure.Error);
            }
            else
            {
                _answers.Writer.TryWrite(answer);
            }

            return Task.CompletedTask;
        }

        public Task WriteAsync(RecordEventsRequest message, CancellationToken cancellationToken) => WriteAsync(message);

        public async Task<bool> MoveNext(CancellationToken cancellationToken)
        {
            if (server.Gate is { } gate)
            {
                try
                {
                    await gate.WaitAsync(cancellationToken);
                }
                catch (OperationCanceledException) when (server.WhenCancelled is { } status)
                {
                    throw new RpcException(status);
                }
            }

            if (!await _answers.Reader.WaitToReadAsync(cancellationToken))
            {
                return false;
            }

            Current = await _answers.Reader.ReadAsync(cancellationToken);
            return true;
        }

        public Task CompleteAsync()
        {
            _answers.Writer.TryComplete();
            return Task.CompletedTask;
        }
    }
}
