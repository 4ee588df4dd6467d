using System.Diagnostics;
using System.Text.Json;
using Google.Protobuf;
using Grpc.Net.Client;
using Scoring.Server.Tests.Tls;

namespace Scoring.Server.Tests.Running;

/// <summary>The server as its operator has it: a process with a working directory, on free ports.</summary>
internal sealed class ServerInstance : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly Process _process;
    private readonly Task<string> _errors;
    private readonly string _ports;

    private ServerInstance(Process process, Task<string> errors, string greeting, string file, ClientTls? tls)
    {
        (_process, _errors, _ports, Greeting) = (process, errors, file, greeting);
        using var document = JsonDocument.Parse(File.ReadAllText(file));
        var ports = document.RootElement;
        Pid = ports.GetProperty("pid").GetInt32();
        Grpc = ports.GetProperty("grpc").GetString()!;
        Http = new HttpClient { BaseAddress = new Uri(ports.GetProperty("http").GetString()!) };
        Channel = tls is null ? GrpcChannel.ForAddress(Grpc) : tls.Channel(Grpc);
    }

    /// <summary>Whether the file that tells the ports is there.</summary>
    public bool TellsPorts => File.Exists(_ports);

    /// <summary>What it logged; complete once it has stopped.</summary>
    public Task<string> Errors => _errors;

    /// <summary>The line at start.</summary>
    public string Greeting { get; }

    public int Pid { get; }

    public string Grpc { get; }

    public GrpcChannel Channel { get; }

    public HttpClient Http { get; }

    /// <summary>Starts a server and waits until it listens.</summary>
    public static async Task<ServerInstance> StartAsync(
        Folder folder,
        string[]? arguments = null,
        Dictionary<string, string>? environment = null,
        ClientTls? tls = null
    )
    {
        var ports = folder[$"{Guid.NewGuid():N}.json"];
        string[] all =
        [
            "--GrpcEndpoint=127.0.0.1:0",
            // With TLS there is one port.
            .. tls is null ? ["--HttpEndpoint=127.0.0.1:0"] : Array.Empty<string>(),
            $"--PortsFile={ports}",
            .. arguments ?? [],
        ];
        var process = Launch(folder, all, environment);
        var errors = process.StandardError.ReadToEndAsync();
        using var patience = new CancellationTokenSource(Patience);
        var greeting = await process.StandardOutput.ReadLineAsync(patience.Token);
        if (greeting is null)
        {
            throw new InvalidOperationException($"The server did not start: {await errors}");
        }
        return new ServerInstance(process, errors, greeting, ports, tls);
    }

    /// <summary>Runs a server that is to end by itself.</summary>
    public static async Task<(int ExitCode, string Output, string Errors)> RunToEndAsync(
        Folder folder,
        string[] arguments,
        Dictionary<string, string>? environment = null
    )
    {
        using var process = Launch(folder, arguments, environment);
        var output = process.StandardOutput.ReadToEndAsync();
        var errors = process.StandardError.ReadToEndAsync();
        using var patience = new CancellationTokenSource(Patience);
        try
        {
            await process.WaitForExitAsync(patience.Token);
        }
        catch (OperationCanceledException)
        {
            process.Kill();
            throw;
        }
        return (process.ExitCode, await output, await errors);
    }

    public Task<TResponse> CallAsync<TRequest, TResponse>(string method, TRequest request)
        where TRequest : class, IMessage<TRequest>, new()
        where TResponse : class, IMessage<TResponse>, new() => Channel.CallAsync<TRequest, TResponse>(method, request);

    /// <summary>Tells the server to stop, as an operator or an orchestrator would, and waits until it has.</summary>
    public async Task<int> StopAsync(string signal = "TERM")
    {
        using (var kill = Process.Start("kill", [$"-{signal}", Pid.ToString()]))
        {
            await kill.WaitForExitAsync(TestContext.Current.CancellationToken);
        }
        using var patience = new CancellationTokenSource(Patience);
        await _process.WaitForExitAsync(patience.Token);
        return _process.ExitCode;
    }

    public async ValueTask DisposeAsync()
    {
        Channel.Dispose();
        Http.Dispose();
        if (!_process.HasExited)
        {
            _process.Kill();
            await _process.WaitForExitAsync();
        }
        await _errors;
        _process.Dispose();
    }

    /// <summary>Starts a process and waits for nothing.</summary>
    public static Process Launch(Folder folder, string[] arguments, Dictionary<string, string>? environment = null)
    {
        var start = new ProcessStartInfo(
            "dotnet",
            [Path.Combine(AppContext.BaseDirectory, "Scoring.Server.dll"), .. arguments]
        )
        {
            WorkingDirectory = folder.Root,
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var (name, value) in environment ?? [])
        {
            start.Environment[name] = value;
        }
        return Process.Start(start)!;
    }
}
