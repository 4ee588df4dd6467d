using Microsoft.Extensions.Time.Testing;
using Scoring.Core;
using Scoring.Core.Workspaces;
using Scoring.Engine.Storage;

namespace Scoring.Engine.Tests;

/// <summary>An engine on a directory of its own, with a clock that stands still until it is told to go on.</summary>
internal sealed class EngineHarness : BackendHost
{
    private readonly string _root = System.IO.Directory.CreateTempSubdirectory("scoring-engine-").FullName;
    private int _copies;

    public EngineHarness()
    {
        Directory = Path.Combine(_root, "data");
        Options = new EngineOptions
        {
            DataDirectory = Directory,
            Partitions = 3,
            TimeProvider = Clock,
            CheckpointInterval = TimeSpan.FromDays(30),
            CommitProbe = step => Probe?.Invoke(step),
            Models = [new ModelSource("", Samples.Model(), "1")],
        };
    }

    public override FakeTimeProvider Clock { get; } = new(new DateTimeOffset(2026, 1, 10, 12, 0, 0, TimeSpan.Zero));

    public override IScoringBackend Backend => Engine;

    public override string Workspace => WorkspaceSettings.DefaultName;

    public EngineOptions Options { get; set; }

    public string Directory { get; private set; }

    public string Database => Path.Combine(Directory, StoreFile.FileName);

    public Action<CommitStep>? Probe { get; set; }

    public ScoringEngine Engine { get; private set; } = null!;

    public async Task<ScoringEngine> Open()
    {
        Engine = await ScoringEngine.OpenAsync(Options, Cancellation);
        return Engine;
    }

    public async Task Reopen()
    {
        await Engine.DisposeAsync();
        await Open();
    }

    /// <summary>Goes on with a copy of the files as they are at this moment: what a crash of the process would have left.</summary>
    public async Task CrashAndReopen()
    {
        var crashed = Engine;
        UseCopyOfFiles();
        Probe = null;
        await crashed.DisposeAsync();
        await Open();
    }

    /// <summary>Copies the files as they are and makes the copy the directory to be opened next.</summary>
    public void UseCopyOfFiles()
    {
        var copy = Path.Combine(_root, $"copy{++_copies}");
        System.IO.Directory.CreateDirectory(copy);
        foreach (var suffix in (string[])["", "-wal"])
        {
            if (File.Exists(Database + suffix))
            {
                File.Copy(Database + suffix, Path.Combine(copy, StoreFile.FileName + suffix));
            }
        }
        UseDirectory(copy);
    }

    /// <summary>Makes a directory the one to be opened next.</summary>
    public void UseDirectory(string path)
    {
        Directory = path;
        Options = Options with { DataDirectory = path };
    }

    public override Task CrashAndRestartAsync() => CrashAndReopen();

    public override Task DisturbAsync(Random random) =>
        random.Next(3) switch
        {
            0 => Reopen(),
            1 => CrashAndReopen(),
            _ => Engine.CheckpointAsync(Cancellation),
        };

    public override async ValueTask DisposeAsync()
    {
        Probe = null;
        if (Engine is not null)
        {
            await Engine.DisposeAsync();
        }
        System.IO.Directory.Delete(_root, recursive: true);
    }
}
