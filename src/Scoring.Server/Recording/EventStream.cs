using System.IO.Pipelines;
using System.Threading.Channels;
using Grpc.Core;
using Scoring.Core;
using Scoring.Server.Access;
using Scoring.Server.Errors;
using Scoring.Server.Memory;

namespace Scoring.Server.Recording;

/// <summary>Records batches as they come, several under way at once, and answers them in the order they came.</summary>
/// <remarks>
/// A batch takes a slot before it is read and gives it back when its answer has been taken, so a producer that does not read
/// answers is made to wait. Batches reach the backend in the order of the stream. Each takes memory for calls before it arrives, until its answer is taken.
/// </remarks>
internal sealed class EventStream(
    EventRecorder recorder,
    CallGuard guard,
    FrontOptions options,
    IHostApplicationLifetime lifetime,
    TimeProvider time
)
{
    private static readonly TimeSpan PauseWhenOverloaded = TimeSpan.FromMilliseconds(20);

    public async Task RecordAsync(
        IAsyncStreamReader<V1.RecordEventsRequest> requests,
        IServerStreamWriter<V1.RecordEventsResponse> responses,
        ServerCallContext context
    )
    {
        var cancellationToken = context.CancellationToken;
        using var call = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        using var slots = new SemaphoreSlim(options.MaxStreamBatches);
        var underWay = Channel.CreateUnbounded<Task<Answer>>(
            new UnboundedChannelOptions { SingleReader = true, SingleWriter = true }
        );
        var http = context.GetHttpContext();
        var intake = TakeInAsync(requests, context, slots, underWay.Writer, call.Token);
        try
        {
            await foreach (var answer in underWay.Reader.ReadAllAsync(cancellationToken))
            {
                var (response, taken) = await answer;
                await responses.WriteAsync(response, cancellationToken);
                if (taken > 0)
                {
                    CallMemory.Of(http).Return(taken);
                }
                slots.Release();
            }
        }
        finally
        {
            await call.CancelAsync();
            await intake;
            while (underWay.Reader.TryRead(out var answer))
            {
                await ((Task)answer).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    /// <summary>Reads batches and starts their recording; never throws: what ends it comes after the last answer.</summary>
    private async Task TakeInAsync(
        IAsyncStreamReader<V1.RecordEventsRequest> requests,
        ServerCallContext context,
        SemaphoreSlim slots,
        ChannelWriter<Task<Answer>> answers,
        CancellationToken call
    )
    {
        var http = context.GetHttpContext();
        using var reading = CancellationTokenSource.CreateLinkedTokenSource(call, lifetime.ApplicationStopping);
        try
        {
            await slots.WaitAsync(reading.Token);
            while (await NextAsync(requests, http, reading.Token) is { } taken)
            {
                var events = await CheckAsync(requests.Current, context, taken, reading.Token);
                answers.TryWrite(await AdmitAsync(events, call));
                await slots.WaitAsync(reading.Token);
            }
            answers.Complete();
        }
        catch (OperationCanceledException) when (!call.IsCancellationRequested && reading.IsCancellationRequested)
        {
            answers.Complete(
                CallErrors.Stopping("Every batch that was taken has been answered; send the rest on a new stream.")
            );
        }
        catch (Exception error)
        {
            answers.Complete(error);
        }
    }

    /// <summary>Checks a batch, and waits until its caller's key allows that many.</summary>
    private async Task<CheckedEvents> CheckAsync(
        V1.RecordEventsRequest request,
        ServerCallContext context,
        long taken,
        CancellationToken reading
    )
    {
        guard.RequireCurrent(context);
        var events = recorder.Check(request, context, taken);
        try
        {
            await guard.WaitForWritesAsync(context, events.Count, events.Bytes, reading);
            return events;
        }
        catch
        {
            events.Dispose();
            throw;
        }
    }

    /// <summary>Waits for the next batch, but not once the server stops.</summary>
    /// <remarks>A token that is given to the reader itself would end the call instead of the wait.</remarks>
    /// <returns>What it has taken of the memory for calls; null: the stream has ended.</returns>
    private async Task<long?> NextAsync(
        IAsyncStreamReader<V1.RecordEventsRequest> requests,
        HttpContext http,
        CancellationToken reading
    )
    {
        var body = http.Request.BodyReader;
        var next = ReadAsync(requests, http, body);
        try
        {
            return await next.WaitAsync(reading);
        }
        catch (OperationCanceledException) when (reading.IsCancellationRequested)
        {
            // Kestrel ends no stream that is still being read.
            body.CancelPendingRead();
            await ((Task)next).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            throw;
        }
    }

    private async Task<long?> ReadAsync(
        IAsyncStreamReader<V1.RecordEventsRequest> requests,
        HttpContext http,
        PipeReader body
    )
    {
        var message = await MessageHeader.PeekAsync(body);
        var taken = message.Take(http, options.MaxMessageBytes);
        var expanding = message.IsCompressed ? CallMemory.Of(http).BeginMessage() : null;
        return await requests.MoveNext(CancellationToken.None) ? taken + (expanding?.Taken ?? 0) : null;
    }

    /// <summary>Hands a batch to the backend, waiting for room in its queue: the stream's way to slow the producer down.</summary>
    /// <returns>The answer under way.</returns>
    private async Task<Task<Answer>> AdmitAsync(CheckedEvents events, CancellationToken call)
    {
        var since = time.GetTimestamp();
        while (true)
        {
            var sending = recorder.SendAsync(events, call);
            var busy = sending.Exception?.InnerException as ScoringException;
            if (busy?.Error != ScoringError.Overloaded || time.GetElapsedTime(since) >= options.MaxStreamWait)
            {
                return FinishAsync(sending, events);
            }
            await Task.Delay(busy.RetryAfter ?? PauseWhenOverloaded, time, call);
        }
    }

    private static async Task<Answer> FinishAsync(Task<V1.RecordEventsResponse> sending, CheckedEvents events)
    {
        using (events)
        {
            return new(await sending, events.Taken);
        }
    }

    /// <summary>An answer that waits to be read.</summary>
    /// <param name="Response">The answer.</param>
    /// <param name="Taken">What the batch and the answer have taken of the memory for calls.</param>
    private readonly record struct Answer(V1.RecordEventsResponse Response, long Taken);
}
