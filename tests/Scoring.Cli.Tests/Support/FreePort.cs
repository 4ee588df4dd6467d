using System.Net;
using System.Net.Sockets;

namespace Scoring.Cli.Tests.Support;

/// <summary>Ports of the loopback that nobody has.</summary>
/// <remarks>Below those that the system gives to connections: one of them could take a port before a server listens there.</remarks>
internal static class FreePort
{
    private const int Lowest = 16_384;
    private const int LowestOfConnections = 32_768;

    public static int Next()
    {
        while (true)
        {
            var port = Random.Shared.Next(Lowest, LowestOfConnections);
            using var probe = new Socket(SocketType.Stream, ProtocolType.Tcp);
            try
            {
                probe.Bind(new IPEndPoint(IPAddress.Loopback, port));
                return port;
            }
            catch (SocketException e) when (e.SocketErrorCode == SocketError.AddressAlreadyInUse) { }
        }
    }
}
