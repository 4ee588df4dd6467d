using System.Diagnostics;
using System.Text.Json;

namespace Scoring.Benchmarks.Comparisons.Processes;

/// <summary>A real process of the product, as built for release, on free ports of the loopback: the server, with a store of its own.</summary>
internal sealed class ScoringServer
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(5);

    private readonly Workplace _workplace;
    private readonly string _directory;
    private readonly string _executable;
    private Process? _process;

    private ScoringServer(Workplace workplace, string directory, string executable) =>
        (_workplace, _directory, _executable) = (workplace, directory, executable);

    /// <summary>Where it speaks gRPC.</summary>
    public string Address { get; private set; } = "";

    public Process Process => _process ?? throw new InvalidOperationException("The server is not running.");

    /// <summary>Where the server keeps its store.</summary>
    public string DataDirectory => Path.Combine(_directory, "data");

    private string PortsFile => Path.Combine(_directory, "ports.json");

    /// <summary>Starts a server on an empty store and waits until it listens.</summary>
    /// <param name="workplace">Owns it.</param>
    /// <param name="settings">Settings that are not the default, such as <c>--CheckpointInterval=1d</c>.</param>
    public static Task<ScoringServer> StartAsync(Workplace workplace, params string[] settings) =>
        StartAsync(workplace, executable: null, settings);

    /// <summary>Starts a server on an empty store and waits until it listens.</summary>
    /// <param name="workplace">Owns it.</param>
    /// <param name="executable">The server of another build; null for that of this one.</param>
    /// <param name="settings">Settings that are not the default.</param>
    public static async Task<ScoringServer> StartAsync(Workplace workplace, string? executable, string[] settings)
    {
        var directory = workplace.NewDirectory();
        var server = new ScoringServer(workplace, directory, executable ?? BuiltProgram.Of("src/Scoring.Server"));
        await server.StartAgainAsync(settings);
        return server;
    }

    /// <summary>Starts it on the store that it had, and waits until it listens.</summary>
    /// <returns>The time from the start of the process.</returns>
    public async Task<TimeSpan> StartAgainAsync(params string[] settings)
    {
        File.Delete(PortsFile);
        var start = new ProcessStartInfo(_executable)
        {
            WorkingDirectory = _directory,
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            ArgumentList =
            {
                "--GrpcEndpoint=127.0.0.1:0",
                "--HttpEndpoint=127.0.0.1:0",
                $"--DataDirectory={DataDirectory}",
                $"--PortsFile={PortsFile}",
                "--Logging:LogLevel:Default=Warning",
            },
        };
        Array.ForEach(settings, start.ArgumentList.Add);
        var since = Stopwatch.GetTimestamp();
        var process = _workplace.Start(start);
        _process = process;
        process.OutputDataReceived += (_, _) => { };
        process.ErrorDataReceived += (_, line) =>
        {
            if (!string.IsNullOrEmpty(line.Data))
            {
                ComparisonRun.Say($"server: {line.Data}");
            }
        };
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        while (!File.Exists(PortsFile))
        {
            if (process.HasExited || Stopwatch.GetElapsedTime(since) > Patience)
            {
                throw new InvalidOperationException("The server did not start.");
            }

            await Task.Delay(TimeSpan.FromMilliseconds(5));
        }

        var taken = Stopwatch.GetElapsedTime(since);
        using var ports = JsonDocument.Parse(await File.ReadAllTextAsync(PortsFile));
        Address = ports.RootElement.GetProperty("grpc").GetString()!;
        return taken;
    }

    /// <summary>Ends it without warning: nothing is flushed.</summary>
    public Task KillAsync() => EndAsync(Signal.Kill);

    /// <summary>Has it finish its work, with a checkpoint.</summary>
    public Task StopAsync() => EndAsync(Signal.Terminate);

    private async Task EndAsync(Signal signal)
    {
        signal.Send(Process.Id);
        await Process.WaitForExitAsync();
        _process = null;
    }
}
