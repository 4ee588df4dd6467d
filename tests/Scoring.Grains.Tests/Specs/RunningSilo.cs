using System.Diagnostics;
using System.Net.Sockets;
using Scoring.Grains.SiloProcess;
using Scoring.Grains.SiloProcess.Calls;

namespace Scoring.Grains.Tests.Specs;

/// <summary>A process for one silo at a time. It ends with the process of the tests, however that ended.</summary>
internal sealed class RunningSilo : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);
    private static int _launched;

    private readonly Process _process;
    private readonly UnixDomainSocketEndPoint _endpoint;
    private readonly Task _ready;

    private RunningSilo(Process process, string socket)
    {
        (_process, _endpoint) = (process, new UnixDomainSocketEndPoint(socket));
        _ready = ListensAsync();
        Control = RemoteCalls.Of<ISiloControl>(AskAsync);
    }

    /// <summary>Starts and stops its silo.</summary>
    public ISiloControl Control { get; }

    /// <summary>Whether the process has ended by itself.</summary>
    public bool HasEnded => _process.HasExited;

    /// <summary>Starts a process, without waiting until it listens.</summary>
    /// <param name="folder">Where its socket is made.</param>
    public static RunningSilo Launch(string folder)
    {
        var socket = Path.Combine(folder, $"{Interlocked.Increment(ref _launched)}.sock");
        var start = new ProcessStartInfo("dotnet", [typeof(ISiloControl).Assembly.Location, socket])
        {
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        };
        start.Environment["DOTNET_EnableDiagnostics"] = "0";
        return new(Process.Start(start)!, socket);
    }

    /// <summary>Asks the process, once it listens.</summary>
    public async Task<Answer> AskAsync(Call call, CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(Patience);
        await _ready.WaitAsync(limit.Token);
        return await RemoteCalls.AskAsync(_endpoint, call, limit.Token);
    }

    /// <summary>Kills the process without warning.</summary>
    public void Dispose()
    {
        _process.Kill();
        _process.WaitForExit();
        _process.Dispose();
    }

    private async Task ListensAsync()
    {
        if (await _process.StandardOutput.ReadLineAsync() is null)
        {
            throw new InvalidOperationException("The process of a silo ended at once.");
        }
    }
}
