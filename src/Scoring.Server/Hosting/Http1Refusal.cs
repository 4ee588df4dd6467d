using System.Buffers;
using System.Text;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Connections.Features;

namespace Scoring.Server.Hosting;

/// <summary>Tells callers by HTTP/1.1 on the port for gRPC which port is theirs; Kestrel would say only that it is not this one.</summary>
/// <param name="next">Serves HTTP/2.</param>
/// <param name="advice">What the caller is told.</param>
internal sealed class Http1Refusal(ConnectionDelegate next, Func<string> advice)
{
    // As long as Kestrel leaves a connection alone that says nothing.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(130);

    // All of HTTP/2 begins with these letters, and no method of HTTP/1.1.
    private static ReadOnlySpan<byte> Http2Begin => "PRI"u8;

    public async Task InvokeAsync(ConnectionContext connection)
    {
        switch (await IsHttp2Async(connection))
        {
            case true:
                await next(connection);
                break;
            case false:
                await RefuseAsync(connection);
                break;
            case null:
                break;
        }
    }

    /// <summary>Looks at the first bytes without taking them; null when the connection ends or nothing comes.</summary>
    private static async Task<bool?> IsHttp2Async(ConnectionContext connection)
    {
        var stopping = connection.Features.Get<IConnectionLifetimeNotificationFeature>()?.ConnectionClosedRequested;
        using var wait = CancellationTokenSource.CreateLinkedTokenSource(
            connection.ConnectionClosed,
            stopping ?? CancellationToken.None
        );
        wait.CancelAfter(Patience);
        var input = connection.Transport.Input;
        try
        {
            while (true)
            {
                var read = await input.ReadAsync(wait.Token);
                var begin = read.Buffer.Slice(0, Math.Min(read.Buffer.Length, Http2Begin.Length)).ToArray();
                var isHttp2 = Http2Begin.StartsWith(begin);
                if (begin.Length == Http2Begin.Length || !isHttp2)
                {
                    input.AdvanceTo(read.Buffer.Start);
                    return isHttp2;
                }
                input.AdvanceTo(read.Buffer.Start, read.Buffer.End);
                if (read.IsCompleted)
                {
                    return null;
                }
            }
        }
        catch (Exception error) when (error is OperationCanceledException or IOException)
        {
            return null;
        }
    }

    private async Task RefuseAsync(ConnectionContext connection)
    {
        var text = advice() + "\n";
        var answer =
            "HTTP/1.1 400 Bad Request\r\nConnection: close\r\nContent-Type: text/plain; charset=utf-8\r\n"
            + $"Content-Length: {Encoding.UTF8.GetByteCount(text)}\r\n\r\n{text}";
        try
        {
            await connection.Transport.Output.WriteAsync(Encoding.UTF8.GetBytes(answer));
        }
        catch (IOException)
        {
            // The caller has gone.
        }
    }
}
