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
    private readonly Lock _gate = new();
    private Process? _process;
    private Task<string> _log = Task.FromResult("");
    private bool _mustRun;
    private bool _isToldToEnd;

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
        try
        {
            await server.StartAsync(port: 0);
            return server;
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }
    }

    /// <summary>The process; the last one where none runs.</summary>
    public int Id { get; private set; }

    private Process Process => _process ?? throw new InvalidOperationException("The server was never started.");

    /// <summary>Has the process end what it has begun.</summary>
    /// <returns>Its exit code.</returns>
    public async Task<int> StopAsync()
    {
        BeginStop();
        await Process.WaitForExitAsync();
        return Process.ExitCode;
    }

    /// <summary>Has the process end what it has begun, and does not wait for it.</summary>
    public void BeginStop()
    {
        lock (_gate)
        {
            (_mustRun, _isToldToEnd) = (false, true);
        }
        Signal("TERM");
    }

    /// <summary>Stops the process where it is, so that nothing is answered and no connection ends.</summary>
    public void Suspend() => Signal("STOP");

    /// <summary>Lets it go on.</summary>
    public void Resume() => Signal("CONT");

    /// <summary>Kills the process without warning, also one that is just starting.</summary>
    public async Task KillAsync()
    {
        lock (_gate)
        {
            (_mustRun, _isToldToEnd) = (false, true);
            Process.Kill(entireProcessTree: true);
        }
        await Process.WaitForExitAsync();
    }

    /// <summary>Starts the process again, on the same store and port.</summary>
    /// <exception cref="InvalidOperationException">It ended before it was ready.</exception>
    /// <exception cref="TimeoutException">It was not ready in time, and was killed.</exception>
    public Task StartAgainAsync() => StartAsync(new Uri(Address).Port);

    /// <summary>Starts the process again if it has ended by itself, as whoever runs servers does.</summary>
    /// <returns>What it logged; null where it has not ended.</returns>
    public async Task<string?> StartAgainIfEndedAsync()
    {
        Task<string> log;
        lock (_gate)
        {
            if (!_mustRun || !Process.HasExited)
            {
                return null;
            }
            log = _log;
            Launch(new Uri(Address).Port);
        }
        return await log;
    }

    public async ValueTask DisposeAsync()
    {
        if (_process is not null)
        {
            await KillAsync();
            _process.Dispose();
        }
        _folder.Dispose();
    }

    private async Task StartAsync(int port)
    {
        Process process;
        lock (_gate)
        {
            process = Launch(port);
        }
        var since = Stopwatch.GetTimestamp();
        while (Stopwatch.GetElapsedTime(since) < Limit)
        {
            if (await AddressAsync(PortsFile) is { } address)
            {
                lock (_gate)
                {
                    // It may have been killed since it answered.
                    (Address, _mustRun) = (address, !_isToldToEnd);
                }
                return;
            }

            if (process.HasExited)
            {
                throw new InvalidOperationException($"The server ended at once: {await _log}");
            }

            await Task.Delay(TimeSpan.FromMilliseconds(20));
        }
        await KillAsync();
        throw new TimeoutException($"The server was not ready within {Limit.TotalSeconds} s: {await _log}");
    }

    private Process Launch(int port)
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
            $"--Scoring:DataDirectory={Path.Combine(_folder.Path, "data")}",
            .. _settings,
            $"--Scoring:PortsFile={PortsFile}",
        ];
        Array.ForEach(arguments, start.ArgumentList.Add);
        start.Environment["DOTNET_EnableDiagnostics"] = "0";
        File.Delete(PortsFile);
        _process?.Dispose();
        var process = Process.Start(start)!;
        (_process, Id, _isToldToEnd) = (process, process.Id, false);
        _log = LogOf(process);
        return process;
    }

    private static async Task<string> LogOf(Process process)
    {
        var id = process.Id;
        var output = process.StandardOutput.ReadToEndAsync();
        var log = await process.StandardError.ReadToEndAsync() + await output;
        if (Environment.GetEnvironmentVariable("SCORING_SERVER_LOGS") is { Length: > 0 } folder)
        {
            await File.WriteAllTextAsync(Path.Combine(folder, $"{id}.log"), log);
        }
        return log;
    }

    private void Signal(string name)
    {
        using var kill = Process.Start("kill", [$"-{name}", Id.ToString(CultureInfo.InvariantCulture)]);
        kill.WaitForExit();
    }

    private async Task<string?> AddressAsync(string portsFile)
    {
        if (!File.Exists(portsFile))
        {
            return null;
        }

        try
        {
            using var ports = JsonDocument.Parse(await File.ReadAllTextAsync(portsFile));
            var address = ports.RootElement.GetProperty("grpc").GetString()!;
            HttpAddress = ports.RootElement.GetProperty("http").GetString()!.TrimEnd('/');
            using var client = new ScoringClient(new ScoringClientOptions { Address = address, Tls = _tls });
            var answer = await new Health.HealthClient(client.Invoker).CheckAsync(new HealthCheckRequest());
            return answer.Status == HealthCheckResponse.Types.ServingStatus.Serving ? address : null;
        }
        catch (Exception e)
            when (e
                    is JsonException
                        or RpcException { StatusCode: StatusCode.Unavailable or StatusCode.DeadlineExceeded }
            )
        {
            return null;
        }
    }
}
