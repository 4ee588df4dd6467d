using Google.Rpc;
using Grpc.Core;

namespace Scoring.Client;

/// <summary>The pauses between the attempts at one thing.</summary>
internal sealed class RetryPauses(RetryOptions options, TimeProvider time)
{
    // The random part of a pause: clients that failed together come back spread over half the pause.
    private const double Jitter = 0.5;

    private long _lastSuccess = time.GetTimestamp();
    private int _failures;

    /// <summary>When the server advises to come back; null when it does not.</summary>
    public static TimeSpan? AdviceOf(RpcException error) =>
        error.GetRpcStatus()?.GetDetail<RetryInfo>() is { } info ? info.RetryDelay?.ToTimeSpan() ?? default : null;

    /// <summary>Begins anew: something succeeded.</summary>
    public void Reset()
    {
        _lastSuccess = time.GetTimestamp();
        _failures = 0;
    }

    /// <summary>How long to wait after an error; false when it is time to give up.</summary>
    public bool TryNext(RpcException error, out TimeSpan pause)
    {
        pause = default;
        if (!RetryPolicy.CanRetry(error))
        {
            return false;
        }

        var doubled = options.InitialDelay * Math.Pow(2, Math.Min(_failures++, 30));
        var spread = 1 - (Jitter * Random.Shared.NextDouble());
        var backoff = (doubled < options.MaxDelay ? doubled : options.MaxDelay) * spread;
        var advice = AdviceOf(error) ?? default;
        pause = advice > backoff ? advice * (2 - spread) : backoff;
        return time.GetElapsedTime(_lastSuccess) + pause <= options.GiveUpAfter;
    }
}
