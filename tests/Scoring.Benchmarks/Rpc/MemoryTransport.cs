using System.IO.Pipelines;
using System.Net;
using System.Threading.Channels;
using Microsoft.AspNetCore.Connections;

namespace Scoring.Benchmarks.Rpc;

/// <summary>Connections within the process, so that what is measured is the server and not sockets.</summary>
internal sealed class MemoryTransport : IConnectionListenerFactory
{
    private readonly Channel<ConnectionContext?> _accepted = Channel.CreateUnbounded<ConnectionContext?>();

    /// <summary>Opens a connection.</summary>
    /// <returns>The client's end of it.</returns>
    public IDuplexPipe Connect()
    {
        var options = new PipeOptions(useSynchronizationContext: false, pauseWriterThreshold: 0);
        Pipe toServer = new(options);
        Pipe toClient = new(options);
        var connection = new DefaultConnectionContext(
            Guid.NewGuid().ToString(),
            new End(toServer.Reader, toClient.Writer),
            new End(toClient.Reader, toServer.Writer)
        );
        _accepted.Writer.TryWrite(connection);
        return connection.Application!;
    }

    public ValueTask<IConnectionListener> BindAsync(EndPoint endpoint, CancellationToken cancellationToken = default) =>
        ValueTask.FromResult<IConnectionListener>(new Listener(endpoint, _accepted));

    private sealed record End(PipeReader Input, PipeWriter Output) : IDuplexPipe;

    private sealed class Listener(EndPoint endpoint, Channel<ConnectionContext?> accepted) : IConnectionListener
    {
        public EndPoint EndPoint => endpoint;

        public ValueTask<ConnectionContext?> AcceptAsync(CancellationToken cancellationToken = default) =>
            accepted.Reader.ReadAsync(cancellationToken);

        public ValueTask UnbindAsync(CancellationToken cancellationToken = default)
        {
            accepted.Writer.TryWrite(null);
            return ValueTask.CompletedTask;
        }

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
