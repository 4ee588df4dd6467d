using System.IO.Pipelines;
using System.Runtime.CompilerServices;

namespace Scoring.Rpc.Messages;

/// <summary>Reads bodies, and tells the ends of a wait apart.</summary>
internal static class PipeReading
{
    /// <summary>Waits for bytes; whoever gets them must advance the pipe.</summary>
    /// <exception cref="StreamResetException">The peer reset the stream.</exception>
    /// <exception cref="OperationCanceledException">The wait was given up; nothing has been taken from the pipe.</exception>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public static async ValueTask<ReadResult> ReadOrCancelAsync(
        this PipeReader pipe,
        CancellationToken cancellationToken
    )
    {
        ReadResult result;
        try
        {
            result = await pipe.ReadAsync(cancellationToken);
        }
        catch (IOException exception) when (StreamResetException.IsReset(exception))
        {
            throw new StreamResetException(exception);
        }

        if (result.IsCanceled)
        {
            pipe.Advance(result.Buffer.Start, result.Buffer.Start);
            throw new OperationCanceledException("Reading was cancelled.");
        }

        return result;
    }

    /// <summary>Gives bytes back to the pipe; that is where Kestrel may notice first that the stream was reset.</summary>
    /// <exception cref="StreamResetException">The peer reset the stream.</exception>
    public static void Advance(this PipeReader pipe, SequencePosition consumed, SequencePosition examined)
    {
        try
        {
            pipe.AdvanceTo(consumed, examined);
        }
        catch (IOException exception) when (StreamResetException.IsReset(exception))
        {
            throw new StreamResetException(exception);
        }
    }
}
