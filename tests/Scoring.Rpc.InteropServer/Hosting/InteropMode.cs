using System.Globalization;
using System.Text.Json;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace Scoring.Rpc.InteropServer.Hosting;

/// <summary>The server of the gRPC interop cases, with the arguments that other implementations' servers take.</summary>
internal static class InteropMode
{
    /// <summary>Serves until the process is told to stop.</summary>
    /// <remarks>
    /// <c>--port</c> serves HTTP/2, with <c>--use_tls=true</c> also HTTP/1.1; <c>--http_port</c> serves HTTP/1.1, for gRPC-Web and Connect. Both
    /// are any free port by default. <c>--ports_file</c> is a file that tells them, as JSON, once the server listens; with TLS
    /// its <c>ca</c> is the certificate that callers are to trust. <c>--cors_origin</c> is an origin whose pages may call.
    /// </remarks>
    /// <returns>The exit code.</returns>
    public static async Task<int> RunAsync(string[] args, TextWriter output)
    {
        var settings = new ConfigurationBuilder().AddCommandLine(args).Build();
        using var certificate = settings.GetValue("use_tls", false)
            ? LoopbackCertificate.Create(TimeProvider.System)
            : null;
        var tls = certificate is null ? null : new SuiteServer.Tls(certificate);
        await using var app = await SuiteServer.StartAsync(
            [
                new(settings.GetValue("port", 0), tls is null ? HttpProtocols.Http2 : HttpProtocols.Http1AndHttp2, tls),
                new(settings.GetValue("http_port", 0), HttpProtocols.Http1, tls),
            ],
            corsOrigin: settings["cors_origin"]
        );
        var ports = SuiteServer.PortsOf(app);
        if (settings["ports_file"] is { Length: > 0 } file)
        {
            Tell(file, ports, certificate?.ExportCertificatePem());
        }

        await output.WriteLineAsync(
            string.Create(CultureInfo.InvariantCulture, $"Listening on {ports[0]} (HTTP/2) and {ports[1]} (HTTP/1.1).")
        );
        await app.WaitForShutdownAsync();
        return 0;
    }

    /// <summary>Writes the file in one step, so that whoever sees it sees all of it.</summary>
    private static void Tell(string file, IReadOnlyList<int> ports, string? ca)
    {
        var unfinished = file + ".tmp";
        File.WriteAllText(
            unfinished,
            JsonSerializer.Serialize(
                new
                {
                    grpc = $"127.0.0.1:{ports[0]}",
                    http = $"127.0.0.1:{ports[1]}",
                    ca,
                    pid = Environment.ProcessId,
                }
            )
        );
        File.Move(unfinished, file, overwrite: true);
    }
}
