using System.Net;
using System.Net.Sockets;
using System.Threading.RateLimiting;
using Microsoft.AspNetCore.Connections;
using Scoring.Server.Settings;
using Scoring.Server.Telemetry;

namespace Scoring.Server.Connections;

/// <summary>Refuses connections beyond a number, and those of one address beyond a lower one, so that nobody takes all of them.</summary>
/// <remarks>The listener for HTTP/1.1 has as many of its own: probes and metrics are answered although callers have taken all others.</remarks>
/// <param name="settings">The limits.</param>
/// <param name="metrics">Where refused connections are counted.</param>
internal sealed class ConnectionLimit(ServerSettings settings, ServiceMetrics metrics) : IDisposable
{
    // Whoever has one address of IPv6 has as many as this leaves open.
    private const int BytesOfNetwork = 8;

    private readonly Listener _calls = new(settings, metrics);
    private readonly Listener _http = new(settings, metrics);

    /// <summary>What is to be told when nearly no more connections for calls can be opened; null while there are enough.</summary>
    public string? Shortage =>
        _calls.Open is var open && open >= settings.MaxConnections * 0.9
            ? $"{open:N0} of {settings.MaxConnections:N0} connections for calls are open; more than these are not taken. See scoring.connections.refused, MaxConnections and MaxConnectionsPerAddress."
            : null;

    /// <summary>Stands before what a listener does with a connection.</summary>
    /// <param name="next">What it does.</param>
    /// <param name="isForCalls">Whether it is the one for gRPC; otherwise the one for HTTP/1.1.</param>
    public ConnectionDelegate Before(ConnectionDelegate next, bool isForCalls) =>
        (isForCalls ? _calls : _http).Before(next);

    public void Dispose()
    {
        _calls.Dispose();
        _http.Dispose();
    }

    private static IPAddress NetworkOf(IPAddress address)
    {
        if (address.IsIPv4MappedToIPv6)
        {
            return address.MapToIPv4();
        }
        if (address.AddressFamily != AddressFamily.InterNetworkV6)
        {
            return address;
        }
        var bytes = address.GetAddressBytes();
        bytes.AsSpan(BytesOfNetwork).Clear();
        return new IPAddress(bytes);
    }

    /// <summary>The connections of one listener.</summary>
    private sealed class Listener(ServerSettings settings, ServiceMetrics metrics) : IDisposable
    {
        private readonly ConcurrencyLimiter _all = new(new() { PermitLimit = settings.MaxConnections });

        private readonly PartitionedRateLimiter<IPAddress> _ofAddress = PartitionedRateLimiter.Create<
            IPAddress,
            IPAddress
        >(address =>
            RateLimitPartition.GetConcurrencyLimiter(
                NetworkOf(address),
                _ => new() { PermitLimit = settings.MaxConnectionsPerAddress }
            )
        );

        public long Open => settings.MaxConnections - _all.GetStatistics()!.CurrentAvailablePermits;

        public ConnectionDelegate Before(ConnectionDelegate next) =>
            async connection =>
            {
                var address = (connection.RemoteEndPoint as IPEndPoint)?.Address ?? IPAddress.None;
                using var ofAddress = _ofAddress.AttemptAcquire(address);
                using var ofAll = _all.AttemptAcquire();
                if (!ofAddress.IsAcquired || !ofAll.IsAcquired)
                {
                    metrics.CountRefusedConnection();
                    connection.Abort();
                    return;
                }
                await next(connection);
            };

        public void Dispose()
        {
            _all.Dispose();
            _ofAddress.Dispose();
        }
    }
}
