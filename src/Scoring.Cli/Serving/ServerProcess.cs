using System.Diagnostics;
using System.Text.Json;
using Scoring.Cli.Terminal;

namespace Scoring.Cli.Serving;

/// <summary>A server of one's own: on free ports of the loopback, with a temporary store, gone with this object.</summary>
internal sealed class ServerProcess : IAsyncDisposable
{
    private const string ServerAssembly = "Scoring.Server.dll";
    private const string PortsFileName = "ports.json";

    private static readonly TimeSpan ReadyTimeout = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan StopTimeout = TimeSpan.FromSeconds(5);

    private readonly Process _process;
    private readonly DirectoryInfo _folder;

    private ServerProcess(Process process, DirectoryInfo folder) => (_process, _folder) = (process, folder);

    /// <summary>Where it answers gRPC.</summary>
    public string Address { get; private set; } = "";

    private string PortsFile => Path.Combine(_folder.FullName, PortsFileName);

    /// <summary>Starts a server and waits until it says that it listens.</summary>
    /// <param name="settings">Settings beside the ports and the store, for example <c>--Scoring:MaxBatch=5000</c>; otherwise it runs by the defaults.</param>
    /// <param name="cancellationToken">Stops waiting, and the server.</param>
    /// <exception cref="CommandFailedException">It is not there, ends at once, or does not get ready in time.</exception>
    public static async Task<ServerProcess> StartAsync(
        IEnumerable<string> settings,
        CancellationToken cancellationToken
    )
    {
        var server = Start(settings);
        try
        {
            await server.WaitUntilListeningAsync(cancellationToken);
            return server;
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }
    }

    public Task WaitForExitAsync(CancellationToken cancellationToken) => _process.WaitForExitAsync(cancellationToken);

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            // Its store is thrown away, so there is nothing to end in good order.
            _process.Kill(entireProcessTree: true);
        }

        await _process.WaitForExitAsync(CancellationToken.None).WaitAsync(StopTimeout);
        _process.Dispose();
        _folder.Delete(recursive: true);
    }

    private static ServerProcess Start(IEnumerable<string> settings)
    {
        var assembly = Path.Combine(AppContext.BaseDirectory, "server", ServerAssembly);
        if (!File.Exists(assembly))
        {
            throw new CommandFailedException(
                $"the server is not where it is built to ({assembly}); build the solution again"
            );
        }

        var folder = Directory.CreateTempSubdirectory("scoring-server-");
        var start = new ProcessStartInfo
        {
            FileName = DotNet(),
            WorkingDirectory = Path.GetDirectoryName(assembly)!,
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardInput = true,
        };
        string[] arguments =
        [
            assembly,
            .. settings,
            // Nobody reads its log here; why it cannot start it says all the same, beside what this program says.
            "--Logging:LogLevel:Default=None",
            "--Logging:LogLevel:Microsoft=None",
            "--Scoring:GrpcEndpoint=127.0.0.1:0",
            "--Scoring:HttpEndpoint=127.0.0.1:0",
            $"--Scoring:DataDirectory={Path.Combine(folder.FullName, "data")}",
            $"--Scoring:PortsFile={Path.Combine(folder.FullName, PortsFileName)}",
        ];
        Array.ForEach(arguments, start.ArgumentList.Add);
        // They are meant for the operator's server.
        foreach (var name in start.Environment.Keys.Where(IsSetting).ToList())
        {
            start.Environment.Remove(name);
        }

        // A runtime that is killed would leave the sockets of its diagnostics behind.
        start.Environment["DOTNET_EnableDiagnostics"] = "0";
        var process =
            Process.Start(start) ?? throw new CommandFailedException("the server process could not be started");
        return new ServerProcess(process, folder);
    }

    private static bool IsSetting(string variable) =>
        variable.StartsWith("SCORING__", StringComparison.OrdinalIgnoreCase);

    private static string DotNet() =>
        Path.GetFileNameWithoutExtension(Environment.ProcessPath) == "dotnet" ? Environment.ProcessPath! : "dotnet";

    private async Task WaitUntilListeningAsync(CancellationToken cancellationToken)
    {
        using var limit = new CancellationTokenSource(ReadyTimeout);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        try
        {
            // The one line of its standard output says that it listens.
            if (await _process.StandardOutput.ReadLineAsync(either.Token) is null)
            {
                await _process.WaitForExitAsync(either.Token);
                throw new CommandFailedException("the server ended at once; what it said stands above");
            }

            using var ports = JsonDocument.Parse(await File.ReadAllTextAsync(PortsFile, either.Token));
            Address = ports.RootElement.GetProperty("grpc").GetString()!;
        }
        catch (OperationCanceledException e) when (limit.IsCancellationRequested)
        {
            throw new CommandFailedException($"the server was not ready within {ReadyTimeout.TotalSeconds} s", e);
        }
    }
}
