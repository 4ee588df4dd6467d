using Scoring.Core.Workspaces;
using Scoring.Engine;
using Scoring.Engine.Files;
using Scoring.Engine.Hosting;
using Scoring.Engine.Recovery;

namespace Scoring.Grains.Tests.Specs;

/// <summary>One silo with its store in files.</summary>
internal sealed class OneSiloWithFiles : EngineSilos
{
    private readonly string _root = Directory.CreateTempSubdirectory("scoring-grains-").FullName;
    private EngineOptions _options;
    private int _copies;

    private OneSiloWithFiles(WorkspaceSettings settings, int variant)
        : base(silos: 1) =>
        _options = new EngineOptions
        {
            DataDirectory = Path.Combine(_root, "data"),
            Workspaces = [settings with { Name = Workspace }],
            Partitions = 3 - (variant % 3),
            TimeProvider = Clock,
            CheckpointBytes = variant == 0 ? 4 << 20 : 64 << 10,
            CheckpointInterval = TimeSpan.FromDays(30),
        };

    protected override EngineOptions Options => _options;

    public static async Task<OneSiloWithFiles> StartAsync(WorkspaceSettings settings, int variant)
    {
        var silo = new OneSiloWithFiles(settings, variant);
        await silo.DeployAsync();
        return silo;
    }

    /// <summary>Goes on with a copy of the files as they are at this moment: what a crash of the process would have left.</summary>
    public override async Task CrashAndRestartAsync()
    {
        var copy = Path.Combine(_root, $"copy{++_copies}");
        CopyTo(copy);
        await KillAllAsync();
        _options = _options with { DataDirectory = copy };
        await DeployAsync();
    }

    public override Task DisturbAsync(Random random) =>
        random.Next(3) switch
        {
            0 => RestartAsync(),
            1 => CrashAndRestartAsync(),
            _ => Service<PartitionHost>(0).CheckpointAsync(Cancellation),
        };

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        Directory.Delete(_root, recursive: true);
    }

    protected override IStore Connect(SiloAddress silo) => FileStore.Lock(_options);

    // It goes on in the directory that nobody opens again.
    protected override void Cut(SiloAddress silo) { }

    private async Task RestartAsync()
    {
        await base.DisposeAsync();
        await DeployAsync();
    }

    /// <summary>Copies the files as of one moment.</summary>
    private void CopyTo(string copy)
    {
        while (true)
        {
            var before = Fingerprint();
            Directory.CreateDirectory(copy);
            try
            {
                foreach (var file in Files())
                {
                    File.Copy(file.FullName, Path.Combine(copy, file.Name), overwrite: true);
                }
            }
            catch (FileNotFoundException) { }
            if (before is not null && before == Fingerprint())
            {
                return;
            }
            Directory.Delete(copy, recursive: true);
        }
    }

    private IEnumerable<FileInfo> Files() =>
        new DirectoryInfo(_options.DataDirectory)
            .EnumerateFiles()
            .Where(file => file.Name != "scoring.lock")
            .OrderBy(file => file.Name, StringComparer.Ordinal);

    /// <summary>What changes whenever a file does; null when one goes just now.</summary>
    private string? Fingerprint()
    {
        try
        {
            return string.Join(
                '\n',
                Files().Select(file => $"{file.Name} {file.Length} {file.LastWriteTimeUtc.Ticks}")
            );
        }
        catch (FileNotFoundException)
        {
            return null;
        }
    }
}
