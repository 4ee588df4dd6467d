using System.Threading.Channels;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using Scoring.V1;
using EventStream = Grpc.Core.AsyncDuplexStreamingCall<Scoring.V1.RecordEventsRequest, Scoring.V1.RecordEventsResponse>;

namespace Scoring.Client;

/// <summary>Sends events in batches in the background, each counted exactly once although batches are tried again.</summary>
/// <remarks>
/// <para>Events keep their order. An event without <c>event_id</c> is given one, and one without <c>occurred_at</c> the time of
/// <see cref="SendAsync"/>, so that an attempt whose answer was lost can be repeated and counts nothing twice.</para>
/// <para>Memory is bounded: <see cref="EventSenderOptions.BufferCapacity"/> events wait, and no more than
/// <see cref="EventSenderOptions.MaxBatchesInFlight"/> batches are under way; then <see cref="SendAsync"/> waits.</para>
/// <para>When an error cannot be mended by trying again, or nothing has succeeded for
/// <see cref="RetryOptions.GiveUpAfter"/>, the sender gives up: everything it is asked from then on throws that error, and
/// <see cref="DisposeAsync"/> does if nobody has been told of it by then. No event is lost in silence.</para>
/// <para>Safe for concurrent use.</para>
/// </remarks>
public sealed class EventSender : IAsyncDisposable
{
    // Four times the longest event that the contract allows; a batch of a thousand stays below every message limit.
    private const int MaxEventBytes = 8 * 1024;
    private const int MaxBatchBytes = 2 * 1024 * 1024;

    private readonly Func<CancellationToken, EventStream> _open;
    private readonly EventSenderOptions _options;
    private readonly TimeProvider _time;
    private readonly Channel<Event> _buffer;
    private readonly Queue<RecordEventsRequest> _unanswered = new();
    private readonly Lock _lock = new();
    private readonly List<(long UpTo, TaskCompletionSource Done)> _flushes = [];
    private readonly Task _work;
    private EventTotals _totals;
    private TaskCompletionSource _hurry = NewSignal();
    private RpcException? _failure;
    private bool _failureTold;

    /// <summary>A sender over a client, which it does not dispose.</summary>
    /// <param name="client">The client.</param>
    /// <param name="options">Settings; null for the defaults.</param>
    /// <param name="timeProvider">The clock; null for the system's.</param>
    /// <exception cref="ArgumentOutOfRangeException">A setting is out of its range.</exception>
    public EventSender(ScoringClient client, EventSenderOptions? options = null, TimeProvider? timeProvider = null)
        : this(token => client.Scoring.StreamEvents(cancellationToken: token), options, timeProvider) { }

    internal EventSender(
        Func<CancellationToken, EventStream> open,
        EventSenderOptions? options = null,
        TimeProvider? timeProvider = null
    )
    {
        _open = open;
        _options = options ?? new EventSenderOptions();
        _time = timeProvider ?? TimeProvider.System;
        ArgumentOutOfRangeException.ThrowIfLessThan(_options.BufferCapacity, 1, nameof(options));
        ArgumentOutOfRangeException.ThrowIfLessThan(_options.MaxBatchSize, 1, nameof(options));
        ArgumentOutOfRangeException.ThrowIfGreaterThan(_options.MaxBatchSize, 10_000, nameof(options));
        ArgumentOutOfRangeException.ThrowIfLessThan(_options.MaxBatchesInFlight, 1, nameof(options));
        ArgumentOutOfRangeException.ThrowIfLessThan(_options.MaxBatchDelay, TimeSpan.Zero, nameof(options));
        _buffer = Channel.CreateBounded<Event>(
            new BoundedChannelOptions(_options.BufferCapacity) { SingleReader = true }
        );
        _work = Task.Run(WorkAsync);
    }

    /// <summary>What has become of the events so far.</summary>
    public EventTotals Totals
    {
        get
        {
            lock (_lock)
            {
                return _totals;
            }
        }
    }

    /// <summary>Takes an event to be sent; waits while the buffer is full. The event must not be changed afterwards.</summary>
    /// <param name="item">The event.</param>
    /// <param name="cancellationToken">Stops waiting; the event is not taken then.</param>
    /// <exception cref="ArgumentException">The event is larger than any that the service would take.</exception>
    /// <exception cref="ObjectDisposedException">The sender is disposed.</exception>
    /// <exception cref="RpcException">The sender has given up.</exception>
    public async ValueTask SendAsync(Event item, CancellationToken cancellationToken = default)
    {
        if (item.CalculateSize() > MaxEventBytes)
        {
            throw new ArgumentException($"An event may have {MaxEventBytes} bytes at most.", nameof(item));
        }

        var now = _time.GetUtcNow();
        var complete = EventIds.WithId(item, now);
        if (complete.OccurredAt is null)
        {
            // It may wait here for long.
            complete = complete.Clone();
            complete.OccurredAt = Timestamp.FromDateTimeOffset(now);
        }

        Count(1);
        try
        {
            await _buffer.Writer.WriteAsync(complete, cancellationToken);
        }
        catch (Exception e)
        {
            Count(-1);
            ThrowIfGivenUp();
            ObjectDisposedException.ThrowIf(e is ChannelClosedException, this);
            throw;
        }
    }

    /// <summary>Waits until every event taken so far is answered.</summary>
    /// <param name="cancellationToken">Stops waiting.</param>
    /// <exception cref="RpcException">The sender has given up; <see cref="EventTotals.Pending"/> events have an unknown fate.</exception>
    public async Task FlushAsync(CancellationToken cancellationToken = default)
    {
        var done = NewSignal();
        lock (_lock)
        {
            ThrowIfGivenUp();
            if (_totals.Pending == 0)
            {
                return;
            }

            _flushes.Add((_totals.Sent, done));
            _hurry.TrySetResult();
        }

        await done.Task.WaitAsync(cancellationToken);
        ThrowIfGivenUp();
    }

    /// <summary>Sends what is left, waits for the answers, then ends.</summary>
    /// <remarks>
    /// A failure that <see cref="SendAsync"/> or <see cref="FlushAsync"/> has thrown already is not thrown again, so that it reaches the caller of an
    /// <c>await using</c> as it was thrown. Any other exception that leaves such a block is hidden by this one.
    /// </remarks>
    /// <exception cref="RpcException">The sender has given up, and nobody was told; <see cref="EventTotals.Pending"/> events have an unknown fate.</exception>
    public async ValueTask DisposeAsync()
    {
        _buffer.Writer.TryComplete();
        await _work;
        lock (_lock)
        {
            if (!_failureTold)
            {
                ThrowIfGivenUp();
            }
        }
    }

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private async Task WorkAsync()
    {
        var pauses = new RetryPauses(_options.Retry, _time);
        while (true)
        {
            try
            {
                await RunStreamAsync(pauses);
                return;
            }
            catch (RpcException error)
            {
                if (_options.Abort.IsCancellationRequested || !pauses.TryNext(error, out var pause))
                {
                    GiveUp(error);
                    return;
                }

                await Task.Delay(pause, _time, _options.Abort).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
#pragma warning disable CA1031 // Whatever escapes must reach those who wait; a background task that dies unseen would hang them.
            catch (Exception error)
#pragma warning restore CA1031
            {
                GiveUp(Failure(StatusCode.Internal, error.Message, error));
                return;
            }
        }
    }

    private void ThrowIfAborted()
    {
        if (_options.Abort.IsCancellationRequested)
        {
            throw Failure(StatusCode.Cancelled, "the sender was told to give up");
        }
    }

    /// <summary>Runs one stream until everything is sent and answered, or until it breaks.</summary>
    private async Task RunStreamAsync(RetryPauses pauses)
    {
        ThrowIfAborted();
        using var ending = new CancellationTokenSource(Timeout.InfiniteTimeSpan, _time);
        await using var aborting = _options.Abort.Register(ending.Cancel);
        using var stream = _open(ending.Token);
        var written = Channel.CreateBounded<RecordEventsRequest>(_options.MaxBatchesInFlight);
        var writing = WriteAsync(stream, written.Writer, ending.Token);
        try
        {
            await ReadAsync(stream, written.Reader, pauses, ending);
        }
        // A call that is cancelled here may end as any failure of its connection does.
        catch (Exception error)
            when (ending.IsCancellationRequested && error is OperationCanceledException or RpcException)
        {
            ThrowIfAborted();
            throw Failure(StatusCode.DeadlineExceeded, $"no answer to a batch within {_options.AnswerTimeout}");
        }
        finally
        {
            await ending.CancelAsync();
            await writing.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        await writing;
    }

    private async Task WriteAsync(
        EventStream stream,
        ChannelWriter<RecordEventsRequest> written,
        CancellationToken token
    )
    {
        try
        {
            // Again first, in their order: what an earlier stream left unanswered. The place in the queue comes before the
            // batch, because it bounds what is under way.
            foreach (var batch in Unanswered())
            {
                await written.WriteAsync(batch, token);
                await stream.RequestStream.WriteAsync(batch, token);
            }

            while (await NextBatchAsync(token) is { } batch)
            {
                await written.WriteAsync(batch, token);
                await stream.RequestStream.WriteAsync(batch, token);
            }

            await stream.RequestStream.CompleteAsync();
            written.Complete();
        }
        catch (Exception error)
        {
            written.TryComplete(error);
            throw;
        }
    }

    private async Task ReadAsync(
        EventStream stream,
        ChannelReader<RecordEventsRequest> written,
        RetryPauses pauses,
        CancellationTokenSource ending
    )
    {
        while (await WaitAsync(written))
        {
            ending.CancelAfter(_options.AnswerTimeout);
            if (!await stream.ResponseStream.MoveNext(ending.Token))
            {
                throw Failure(StatusCode.Unavailable, "the server ended the stream");
            }

            ending.CancelAfter(Timeout.InfiniteTimeSpan);
            pauses.Reset();
            Answered(stream.ResponseStream.Current);
            written.TryRead(out _);
        }
    }

    private static async Task<bool> WaitAsync(ChannelReader<RecordEventsRequest> written)
    {
        try
        {
            return await written.WaitToReadAsync();
        }
        catch (Exception error) when (error is not RpcException and not OperationCanceledException)
        {
            throw Failure(StatusCode.Unavailable, $"a batch could not be written: {error.Message}", error);
        }
    }

    /// <summary>The next batch, remembered as unanswered; null when there are no more events.</summary>
    private async Task<RecordEventsRequest?> NextBatchAsync(CancellationToken token)
    {
        if (!await _buffer.Reader.WaitToReadAsync(token))
        {
            return null;
        }

        var batch = new RecordEventsRequest { Workspace = _options.Workspace };
        try
        {
            await FillAsync(batch, token);
        }
        finally
        {
            // Also when the stream breaks meanwhile: these events have left the buffer.
            lock (_lock)
            {
                _unanswered.Enqueue(batch);
            }
        }

        return batch;
    }

    private async Task FillAsync(RecordEventsRequest batch, CancellationToken token)
    {
        var bytes = 0;
        using var timer = CancellationTokenSource.CreateLinkedTokenSource(token);
        Task? delay = null;
        while (batch.Events.Count < _options.MaxBatchSize && bytes < MaxBatchBytes)
        {
            if (_buffer.Reader.TryRead(out var item))
            {
                batch.Events.Add(item);
                bytes += item.CalculateSize();
                continue;
            }

            delay ??= Task.Delay(_options.MaxBatchDelay, _time, timer.Token);
            var more = _buffer.Reader.WaitToReadAsync(token).AsTask();
            if (await Task.WhenAny(more, delay, Hurry()) != more || !await more)
            {
                break;
            }
        }

        await timer.CancelAsync();
    }

    private RecordEventsRequest[] Unanswered()
    {
        lock (_lock)
        {
            return [.. _unanswered];
        }
    }

    private Task Hurry()
    {
        lock (_lock)
        {
            if (_flushes.Count == 0 && _hurry.Task.IsCompleted)
            {
                _hurry = NewSignal();
            }

            return _hurry.Task;
        }
    }

    private void Answered(RecordEventsResponse answer)
    {
        RecordEventsRequest batch;
        lock (_lock)
        {
            batch = _unanswered.Dequeue();
        }

        _options.OnAnswer?.Invoke(new EventBatchAnswer(batch.Events, answer));
        lock (_lock)
        {
            _totals = _totals with
            {
                Accepted = _totals.Accepted + answer.AcceptedCount,
                Duplicates = _totals.Duplicates + answer.DuplicateCount,
                Rejected = _totals.Rejected + answer.Rejections.Count,
                Pending = _totals.Pending - batch.Events.Count,
            };
            EndFlushes();
        }
    }

    private void EndFlushes()
    {
        var answered = _totals.Sent - _totals.Pending;
        _flushes.RemoveAll(flush => (flush.UpTo <= answered || _totals.Pending == 0) && flush.Done.TrySetResult());
    }

    private void GiveUp(RpcException error)
    {
        lock (_lock)
        {
            _failure = error;
            _buffer.Writer.TryComplete(error);
            foreach (var (_, done) in _flushes)
            {
                // They look at the failure.
                done.TrySetResult();
            }

            _flushes.Clear();
        }
    }

    private void Count(int events)
    {
        lock (_lock)
        {
            _totals = _totals with { Sent = _totals.Sent + events, Pending = _totals.Pending + events };
            EndFlushes();
        }
    }

    private void ThrowIfGivenUp()
    {
        lock (_lock)
        {
            if (_failure is { } failure)
            {
                _failureTold = true;
                var detail =
                    $"The sender has given up; events not acknowledged: {_totals.Pending}. {failure.Status.Detail}";
                throw new RpcException(new Status(failure.StatusCode, detail, failure), failure.Trailers);
            }
        }
    }

    private static RpcException Failure(StatusCode code, string message, Exception? cause = null) =>
        new(new Status(code, message, cause));
}
