using System.Runtime.CompilerServices;
using System.Threading.Channels;
using Microsoft.Extensions.Hosting;
using Scoring.Core;
using Scoring.Rpc;
using Scoring.Service.Errors;

namespace Scoring.Service.Recording;

/// <summary>Records batches as they come, several under way at once, and answers them in the order they came.</summary>
/// <remarks>
/// A batch takes a slot before it is read and gives it back when its answer has been taken, so a producer that does not read
/// answers is made to wait. Batches reach the backend in the order of the stream.
/// </remarks>
internal sealed class EventStream(
    EventRecorder recorder,
    FrontOptions options,
    IHostApplicationLifetime lifetime,
    TimeProvider time
)
{
    private static readonly TimeSpan PauseWhenOverloaded = TimeSpan.FromMilliseconds(20);

    public async IAsyncEnumerable<V1.RecordEventsResponse> RecordAsync(
        IAsyncEnumerable<EncodedMessage<V1.RecordEventsRequest>> requests,
        [EnumeratorCancellation] CancellationToken cancellationToken
    )
    {
        using var call = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        using var slots = new SemaphoreSlim(options.MaxStreamBatches);
        var underWay = Channel.CreateUnbounded<Task<V1.RecordEventsResponse>>(
            new UnboundedChannelOptions { SingleReader = true, SingleWriter = true }
        );
        var intake = TakeInAsync(requests, slots, underWay.Writer, call.Token);
        try
        {
            await foreach (var answer in underWay.Reader.ReadAllAsync(cancellationToken))
            {
                yield return await answer;
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
        IAsyncEnumerable<EncodedMessage<V1.RecordEventsRequest>> requests,
        SemaphoreSlim slots,
        ChannelWriter<Task<V1.RecordEventsResponse>> answers,
        CancellationToken call
    )
    {
        using var reading = CancellationTokenSource.CreateLinkedTokenSource(call, lifetime.ApplicationStopping);
        try
        {
            await slots.WaitAsync(reading.Token);
            await foreach (var request in requests.WithCancellation(reading.Token))
            {
                answers.TryWrite(await AdmitAsync(recorder.Check(request), call));
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

    /// <summary>Hands a batch to the backend, waiting for room in its queue: the stream's way to slow the producer down.</summary>
    /// <returns>The answer under way.</returns>
    private async Task<Task<V1.RecordEventsResponse>> AdmitAsync(CheckedEvents events, CancellationToken call)
    {
        var since = time.GetTimestamp();
        while (true)
        {
            var sending = recorder.SendAsync(events, call).AsTask();
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
