using System.Net;
using Scoring.Server.Settings;

namespace Scoring.Server.Hosting;

/// <summary>Refuses requests for hosts that the server is not known by: so a page whose name was turned to this machine cannot call it.</summary>
internal static class AllowedHosts
{
    private const string Any = "*";
    private static readonly string[] OfLoopback = ["localhost", "127.0.0.1", "[::1]"];

    // Who probes a server knows it by any address.
    private static readonly PathString[] Probes = ["/healthz", "/readyz", "/grpc.health.v1.Health"];

    /// <summary>The hosts that requests may be for; * for all.</summary>
    public static IReadOnlyList<string> Of(ServerSettings settings)
    {
        if (settings.AllowedHosts.Count > 0)
        {
            return [.. settings.AllowedHosts.Select(host => host.Text)];
        }
        IPAddress[] addresses =
        [
            settings.GrpcEndpoint.Address,
            .. settings.PlainHttpEndpoint is { } http ? [((IPEndPoint)http).Address] : Array.Empty<IPAddress>(),
        ];
        return addresses.All(IPAddress.IsLoopback) ? [.. OfLoopback, .. addresses.Select(Text)] : [Any];
    }

    /// <summary>Adds the filter, unless all hosts are allowed.</summary>
    public static void AddAllowedHosts(this IServiceCollection services, IReadOnlyList<string> hosts) =>
        services.AddHostFiltering(filter => filter.AllowedHosts = [.. hosts]);

    /// <summary>Puts the filter before all that comes behind, but for probes.</summary>
    public static void UseAllowedHosts(this IApplicationBuilder app, IReadOnlyList<string> hosts)
    {
        if (!hosts.Contains(Any))
        {
            app.UseWhen(
                http =>
                    !Array.Exists(
                        Probes,
                        probe => http.Request.Path.StartsWithSegments(probe, StringComparison.OrdinalIgnoreCase)
                    ),
                filtered => filtered.UseHostFiltering()
            );
        }
    }

    private static string Text(IPAddress address) =>
        address.AddressFamily == System.Net.Sockets.AddressFamily.InterNetworkV6 ? $"[{address}]" : address.ToString();
}
