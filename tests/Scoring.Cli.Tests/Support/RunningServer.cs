using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using Grpc.Core;
using Grpc.Health.V1;
using Scoring.Client;

namespace Scoring.Cli.Tests.Support;

/// <summary>A real server process on free ports of the loopback with a store of its own; gone with this object.</summary>
internal sealed class RunningServer : IAsyncDisposable
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    private readonly TempFolder _folder = new();
    private readonly ClientTlsOptions? _tls;
    private readonly string[] _settings;
    private Process? _process;

    private RunningServer(ClientTlsOptions? tls, string[] settings) => (_tls, _settings) = (tls, settings);

    public string Address { get; private set; } = "";

    /// <summary>Where it answers by HTTP/1.1.</summary>
    public string HttpAddress { get; private set; } = "";

    private string PortsFile => Path.Combine(_folder.Path, "ports.json");

    public static Task<RunningServer> StartAsync() => StartAsync(null, "--Scoring:HttpEndpoint=127.0.0.1:0");

    /// <summary>Starts a server with more settings, which is to be spoken to in this way.</summary>
    public static async Task<RunningServer> StartAsync(ClientTlsOptions? tls, params string[] settings)
    {
        var server = new RunningServer(tls, settings);
        await server.StartAsync(port: 0);
        return server;
    }

    /// <summary>Kills the process without warning and starts another one on the same store and port.</summary>
    public async Task CrashAndRestartAsync()
    {
        await KillAsync();
        await StartAgainAsync();
    }

    /// <summary>Has the process end what it has begun.</summary>
    /// <returns>Its exit code.</returns>
    public async Task<int> StopAsync()
    {
        var process = _process ?? throw new InvalidOperationException("The server is not running.");
        var id = process.Id.ToString(CultureInfo.InvariantCulture);
        using (var signal = Process.Start("kill", ["-TERM", id]))
        {
            await signal.WaitForExitAsync();
        }
        await process.WaitForExitAsync();
        var code = process.ExitCode;
        process.Dispose();
        _process = null;
        return code;
    }

    /// <summary>Starts the process again, on the same store and port.</summary>
    public async Task StartAgainAsync()
    {
        File.Delete(PortsFile);
        await StartAsync(new Uri(Address).Port);
    }

    public async ValueTask DisposeAsync()
    {
        await KillAsync();
        _folder.Dispose();
    }

    private async Task KillAsync()
    {
        if (_process is { } process)
        {
            process.Kill(entireProcessTree: true);
            await process.WaitForExitAsync();
            process.Dispose();
            _process = null;
        }
    }

    private async Task StartAsync(int port)
    {
        var start = new ProcessStartInfo("dotnet")
        {
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        string[] arguments =
        [
            Path.Combine(Repository.BuiltOutput("src/Scoring.Cli"), "server", "Scoring.Server.dll"),
            $"--Scoring:GrpcEndpoint=127.0.0.1:{port}",
            .. _settings,
            $"--Scoring:DataDirectory={Path.Combine(_folder.Path, "data")}",
            $"--Scoring:PortsFile={PortsFile}",
        ];
        Array.ForEach(arguments, start.ArgumentList.Add);
        start.Environment["DOTNET_EnableDiagnostics"] = "0";
        _process = Process.Start(start)!;
        var output = _process.StandardOutput.ReadToEndAsync();
        var errors = _process.StandardError.ReadToEndAsync();
        using var limit = new CancellationTokenSource(Limit);
        while (true)
        {
            if (await AddressAsync(PortsFile, limit.Token) is { } address)
            {
                Address = address;
                return;
            }

            if (_process.HasExited)
            {
                throw new InvalidOperationException($"The server ended at once: {await output}{await errors}");
            }

            await Task.Delay(TimeSpan.FromMilliseconds(20), limit.Token);
        }
    }

    private async Task<string?> AddressAsync(string portsFile, CancellationToken cancellationToken)
    {
        if (!File.Exists(portsFile))
        {
            return null;
        }

        try
        {
            using var ports = JsonDocument.Parse(await File.ReadAllTextAsync(portsFile, cancellationToken));
            var address = ports.RootElement.GetProperty("grpc").GetString()!;
            HttpAddress = ports.RootElement.GetProperty("http").GetString()!.TrimEnd('/');
            using var client = new ScoringClient(new ScoringClientOptions { Address = address, Tls = _tls });
            var answer = await new Health.HealthClient(client.Invoker).CheckAsync(
                new HealthCheckRequest(),
                cancellationToken: cancellationToken
            );
            return answer.Status == HealthCheckResponse.Types.ServingStatus.Serving ? address : null;
        }
        catch (Exception e) when (e is JsonException or RpcException { StatusCode: StatusCode.Unavailable })
        {
            return null;
        }
    }
}
