using System.IO.Pipelines;
using System.Threading.Channels;
using Grpc.Core;
using Scoring.Core;
using Scoring.Server.Access;
using Scoring.Server.Errors;

namespace Scoring.Server.Recording;

/// <summary>Records batches as they come, several under way at once, and answers them in the order they came.</summary>
/// <remarks>
/// A batch takes a slot before it is read and gives it back when its answer has been taken, so a producer that does not read
/// answers is made to wait. Batches reach the backend in the order of the stream.
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
        var underWay = Channel.CreateUnbounded<Task<V1.RecordEventsResponse>>(
            new UnboundedChannelOptions { SingleReader = true, SingleWriter = true }
        );
        var intake = TakeInAsync(requests, context, slots, underWay.Writer, call.Token);
        try
        {
            await foreach (var answer in underWay.Reader.ReadAllAsync(cancellationToken))
            {
                await responses.WriteAsync(await answer, cancellationToken);
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
        ChannelWriter<Task<V1.RecordEventsResponse>> answers,
        CancellationToken call
    )
    {
        var body = context.GetHttpContext().Request.BodyReader;
        using var reading = CancellationTokenSource.CreateLinkedTokenSource(call, lifetime.ApplicationStopping);
        try
        {
            await slots.WaitAsync(reading.Token);
            while (await NextAsync(requests, body, reading.Token))
            {
                var events = await CheckAsync(requests.Current, context, reading.Token);
                answers.TryWrite(await AdmitAsync(events, call));
                await slots.WaitAsync(reading.Token);
            }
            answers.Complete();
        }
        catch (OperationCanceledException) when (!call.IsCancellationRequested && reading.IsCancellationRequested)
        {
            answers.Complete(CallErrors.Stopping());
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
        CancellationToken reading
    )
    {
        var events = recorder.Check(request, context);
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
    private static async Task<bool> NextAsync(
        IAsyncStreamReader<V1.RecordEventsRequest> requests,
        PipeReader body,
        CancellationToken reading
    )
    {
        var next = requests.MoveNext(CancellationToken.None);
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

    /// <summary>Hands a batch to the backend, waiting for room in its queue: the stream's way to slow the producer down.</summary>
    /// <returns>The answer under way.</returns>
    private async Task<Task<V1.RecordEventsResponse>> AdmitAsync(CheckedEvents events, CancellationToken call)
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

    private static async Task<V1.RecordEventsResponse> FinishAsync(
        Task<V1.RecordEventsResponse> sending,
        CheckedEvents events
    )
    {
        using (events)
        {
            return await sending;
        }
    }
}
