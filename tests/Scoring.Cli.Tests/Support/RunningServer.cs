using System.Diagnostics;
using System.Text.Json;
using Grpc.Health.V1;
using Scoring.Rpc;
using Scoring.Rpc.Client;

namespace Scoring.Cli.Tests.Support;

/// <summary>A real server process on free ports of the loopback with a store of its own; gone with this object.</summary>
internal sealed class RunningServer : IAsyncDisposable
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    private static readonly RpcMethod<HealthCheckRequest, HealthCheckResponse> Check = RpcMethod.Of<
        HealthCheckRequest,
        HealthCheckResponse
    >(HealthReflection.Descriptor.Services[0], "Check");

    private readonly Process _process;
    private readonly TempFolder _folder;

    private RunningServer(Process process, TempFolder folder, string address)
    {
        _process = process;
        _folder = folder;
        Address = address;
    }

    public string Address { get; }

    public static async Task<RunningServer> StartAsync()
    {
        var folder = new TempFolder();
        var ports = Path.Combine(folder.Path, "ports.json");
        var start = new ProcessStartInfo("dotnet")
        {
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        string[] arguments =
        [
            Path.Combine(Repository.BuiltOutput("src/Scoring.Cli"), "server", "Scoring.Server.dll"),
            "--Scoring:GrpcEndpoint=127.0.0.1:0",
            "--Scoring:HttpEndpoint=127.0.0.1:0",
            $"--Scoring:DataDirectory={Path.Combine(folder.Path, "data")}",
            $"--Scoring:PortsFile={ports}",
        ];
        Array.ForEach(arguments, start.ArgumentList.Add);
        start.Environment["DOTNET_EnableDiagnostics"] = "0";
        var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEndAsync();
        var errors = process.StandardError.ReadToEndAsync();
        using var limit = new CancellationTokenSource(Limit);
        while (true)
        {
            if (process.HasExited)
            {
                throw new InvalidOperationException($"The server ended at once: {await output}{await errors}");
            }

            if (await AddressAsync(ports, limit.Token) is { } address)
            {
                return new RunningServer(process, folder, address);
            }

            await Task.Delay(TimeSpan.FromMilliseconds(20), limit.Token);
        }
    }

    public async ValueTask DisposeAsync()
    {
        _process.Kill(entireProcessTree: true);
        await _process.WaitForExitAsync();
        _process.Dispose();
        _folder.Dispose();
    }

    private static async Task<string?> AddressAsync(string portsFile, CancellationToken cancellationToken)
    {
        if (!File.Exists(portsFile))
        {
            return null;
        }

        try
        {
            using var ports = JsonDocument.Parse(await File.ReadAllTextAsync(portsFile, cancellationToken));
            var address = ports.RootElement.GetProperty("grpc").GetString()!;
            await using var channel = new RpcChannel(address);
            var answer = await channel.UnaryAsync(
                Check,
                new HealthCheckRequest(),
                cancellationToken: cancellationToken
            );
            return answer.Status == HealthCheckResponse.Types.ServingStatus.Serving ? address : null;
        }
        catch (Exception e) when (e is JsonException or RpcException { Code: StatusCode.Unavailable })
        {
            return null;
        }
    }
}
