namespace Scoring.Server.Calls;

/// <summary>Gives callers time to read how a stream ended that the server ends while it stops.</summary>
/// <remarks>
/// Kestrel closes a connection when the last of its streams has been answered, though the caller may not have ended its side. A client that has not
/// looked at the status by then sees a broken connection instead. So the status is sent, and then the caller is waited for: it ends the request, or goes.
/// </remarks>
internal sealed class StreamEnding(OpenStreams streams, IHostApplicationLifetime lifetime)
{
    /// <summary>Does so after an endpoint of streams.</summary>
    public RequestDelegate After(RequestDelegate serve) => http => ServeAsync(http, serve);

    private async Task ServeAsync(HttpContext http, RequestDelegate serve)
    {
        streams.Begin();
        try
        {
            await serve(http);
            if (lifetime.ApplicationStopping.IsCancellationRequested)
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
            streams.End();
        }
    }
}
