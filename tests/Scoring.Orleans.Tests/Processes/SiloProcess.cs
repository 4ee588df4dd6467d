using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using Scoring.Client;

namespace Scoring.Cluster.Tests.Processes;

/// <summary>A silo in a process of its own, on free ports of the loopback.</summary>
internal sealed class SiloProcess : IAsyncDisposable
{
    private const int MostLines = 200;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(90);

    // The gate gives the one that an image holds.
    private static readonly string SiloFolder =
        Environment.GetEnvironmentVariable("SCORING_SILO_FOLDER") ?? Repository.BuiltOutput("src/Scoring.Silo");
    private readonly string _folder = Directory.CreateTempSubdirectory("scoring-silo-").FullName;
    private readonly string _connection;
    private readonly int _port = FreePort();
    private Process? _process;

    private readonly ConcurrentQueue<string> _log = new();
    private readonly string[] _settings;

    private SiloProcess(string connection, string[] settings) => (_connection, _settings) = (connection, settings);

    /// <summary>Its appsettings.json, from the next start on; empty for none.</summary>
    public string Configuration { get; set; } = "";

    /// <summary>The last lines that it wrote, its predecessors' among them.</summary>
    public string Log => string.Join('\n', _log);

    /// <summary>Where the silo's front listens.</summary>
    public string Address { get; private set; } = "";

    /// <summary>Speaks to the silo's front.</summary>
    public ScoringClient Client { get; private set; } = null!;

    private string PortsFile => Path.Combine(_folder, "ports.json");

    public static async Task<SiloProcess> StartAsync(
        string connection,
        string configuration = "",
        params string[] settings
    )
    {
        var silo = new SiloProcess(connection, settings) { Configuration = configuration };
        try
        {
            await silo.StartAsync();
        }
        catch
        {
            await silo.DisposeAsync();
            throw;
        }
        return silo;
    }

    /// <summary>Starts it again where it was.</summary>
    public async Task StartAsync()
    {
        if (Configuration.Length > 0)
        {
            await File.WriteAllTextAsync(Path.Combine(_folder, "appsettings.json"), Configuration);
        }
        var models = Directory.CreateDirectory(Path.Combine(_folder, "models")).FullName;
        var start = new ProcessStartInfo("dotnet")
        {
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = _folder,
        };
        string[] arguments =
        [
            Path.Combine(SiloFolder, "Scoring.Silo.dll"),
            "--Silo:Clustering=postgres",
            $"--Silo:ConnectionString={_connection}",
            $"--Silo:SiloPort={_port}",
            "--Silo:AdvertisedAddress=127.0.0.1",
            "--Silo:MaxConnections=6",
            "--GrpcEndpoint=127.0.0.1:0",
            "--HttpEndpoint=127.0.0.1:0",
            $"--PortsFile={PortsFile}",
            $"--ModelsDirectory={models}",
            .. _settings,
        ];
        Array.ForEach(arguments, start.ArgumentList.Add);
        start.Environment["DOTNET_EnableDiagnostics"] = "0";
        _process = Process.Start(start)!;
        _process.OutputDataReceived += (_, line) => Note(line.Data);
        _process.ErrorDataReceived += (_, line) => Note(line.Data);
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
        var since = Stopwatch.GetTimestamp();
        while (!File.Exists(PortsFile))
        {
            if (_process.HasExited || Stopwatch.GetElapsedTime(since) > Patience)
            {
                await KillAsync();
                throw new InvalidOperationException($"The silo did not start: {Log}");
            }
            await Task.Delay(TimeSpan.FromMilliseconds(50));
        }
        using var ports = JsonDocument.Parse(await File.ReadAllTextAsync(PortsFile));
        Address = ports.RootElement.GetProperty("grpc").GetString()!;
        Client = new ScoringClient(Address);
    }

    /// <summary>Asks the process to stop (SIGTERM) and gives its exit code.</summary>
    public async Task<int> StopAsync()
    {
        using var signal = Process.Start("kill", ["-TERM", $"{_process!.Id}"]);
        return await WaitForExitAsync();
    }

    /// <summary>Gives the exit code once the process has ended by itself.</summary>
    public async Task<int> WaitForExitAsync()
    {
        await _process!.WaitForExitAsync(TestContext.Current.CancellationToken);
        var code = _process.ExitCode;
        await KillAsync();
        return code;
    }

    /// <summary>Ends the process without a word (SIGKILL).</summary>
    public async Task KillAsync()
    {
        if (_process is not null)
        {
            _process.Kill();
            await _process.WaitForExitAsync();
            _process.Dispose();
            _process = null;
        }
        if (Client is not null)
        {
            Client.Dispose();
        }
        File.Delete(PortsFile);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await KillAsync();
        Directory.Delete(_folder, recursive: true);
    }

    private void Note(string? line)
    {
        if (line is not null)
        {
            _log.Enqueue(line);
        }
        while (_log.Count > MostLines)
        {
            _log.TryDequeue(out _);
        }
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
