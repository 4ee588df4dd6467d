using System.Net;
using System.Net.Sockets;
using Scoring.Server.Settings;

namespace Scoring.Server.Hosting;

/// <summary>Finds out before the store is opened, which may take a while, whether the server can listen.</summary>
internal static class FreePorts
{
    /// <exception cref="IOException">An endpoint is in use, not of this machine, or may not be listened on.</exception>
    public static void Require(ServerSettings settings)
    {
        Require(nameof(settings.GrpcEndpoint), settings.GrpcEndpoint);
        if (settings.PlainHttpEndpoint is { } http)
        {
            Require(nameof(settings.HttpEndpoint), http);
        }
        if (settings.UsesPostgres)
        {
            // Orleans would share it with whoever listens there already: two servers would each get some of what is meant for one.
            Require(nameof(settings.SiloPort), new(settings.SiloAddress, settings.SiloPort));
        }
        if (settings.GatewayPort > 0)
        {
            Require(nameof(settings.GatewayPort), new(settings.SiloAddress, settings.GatewayPort));
        }
    }

    private static void Require(string setting, IPEndPoint endpoint)
    {
        try
        {
            using var probe = new Socket(endpoint.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
            if (endpoint.Address.Equals(IPAddress.IPv6Any))
            {
                probe.DualMode = true;
            }
            probe.Bind(endpoint);
        }
        catch (SocketException error)
        {
            throw new IOException($"Scoring:{setting} {endpoint} cannot be listened on: {error.Message}", error);
        }
    }
}
