namespace Scoring.Server.Calls;

/// <summary>Gives callers time to read how a stream ended that the server ends while it stops.</summary>
/// <remarks>
/// Kestrel closes a connection when the last of its streams has been answered, though the caller may not have ended its side. A client that has not
/// looked at the status by then sees a broken connection instead. So the status is sent, and then the caller is waited for: it ends the request, or goes.
/// </remarks>
internal sealed class StreamEnding
{
    /// <summary>How long the stop waits for streams that do not take notice.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    private readonly IHostApplicationLifetime _lifetime;
    private int _open;

    public StreamEnding(IHostApplicationLifetime lifetime)
    {
        _lifetime = lifetime;
        // Called behind what tells the streams to end, and before the listeners close their connections.
        lifetime.ApplicationStopping.Register(() => SpinWait.SpinUntil(() => Volatile.Read(ref _open) == 0, Patience));
    }

    /// <summary>Does so after an endpoint of streams.</summary>
    public RequestDelegate After(RequestDelegate serve) => http => ServeAsync(http, serve);

    private async Task ServeAsync(HttpContext http, RequestDelegate serve)
    {
        Interlocked.Increment(ref _open);
        try
        {
            await serve(http);
            if (_lifetime.ApplicationStopping.IsCancellationRequested)
            {
                await http.Response.CompleteAsync();
                await http.Request.Body.CopyToAsync(Stream.Null, http.RequestAborted);
            }
        }
        catch (Exception error) when (http.Response.HasStarted && error is OperationCanceledException or IOException)
        {
            // The caller has gone, or the listener has not waited any longer.
        }
        finally
        {
            Interlocked.Decrement(ref _open);
        }
    }
}
