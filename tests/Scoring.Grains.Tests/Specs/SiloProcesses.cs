using System.Collections.Concurrent;

namespace Scoring.Grains.Tests.Specs;

/// <summary>Processes for silos. Those that a specification leaves alive are there for the next one, which has its silos the sooner for it.</summary>
public sealed class SiloProcesses : IDisposable
{
    private readonly ConcurrentBag<RunningSilo> _idle = [];

    /// <summary>For what the processes share, gone with them.</summary>
    public string Folder { get; } = Directory.CreateTempSubdirectory("scoring-silos-").FullName;

    /// <summary>A process without a silo.</summary>
    internal RunningSilo Take() => _idle.TryTake(out var idle) ? idle : RunningSilo.Launch(Folder);

    /// <summary>Gives back a process whose silo was stopped.</summary>
    internal void GiveBack(RunningSilo process) => _idle.Add(process);

    /// <inheritdoc/>
    public void Dispose()
    {
        while (_idle.TryTake(out var idle))
        {
            idle.Dispose();
        }
        Directory.Delete(Folder, recursive: true);
    }
}
