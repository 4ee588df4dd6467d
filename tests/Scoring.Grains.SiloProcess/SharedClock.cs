using System.IO.MemoryMappedFiles;

namespace Scoring.Grains.SiloProcess;

/// <summary>A clock that stands still in all processes until one of them moves it. Waits go by the machine's: leases, which the database times, run out by themselves.</summary>
internal sealed class SharedClock : TimeProvider, IDisposable
{
    private readonly MemoryMappedFile _file;
    private readonly MemoryMappedViewAccessor _ticks;

    /// <param name="path">The file that holds the time; made when it does not exist.</param>
    public SharedClock(string path)
    {
        _file = MemoryMappedFile.CreateFromFile(path, FileMode.OpenOrCreate, mapName: null, sizeof(long));
        _ticks = _file.CreateViewAccessor(0, sizeof(long));
    }

    /// <inheritdoc/>
    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    /// <inheritdoc/>
    public override DateTimeOffset GetUtcNow() => new(GetTimestamp(), TimeSpan.Zero);

    /// <inheritdoc/>
    public override long GetTimestamp() => _ticks.ReadInt64(0);

    /// <summary>Moves the clock.</summary>
    public void Set(DateTimeOffset now) => _ticks.Write(0, now.UtcTicks);

    /// <inheritdoc/>
    public void Dispose()
    {
        _ticks.Dispose();
        _file.Dispose();
    }
}
