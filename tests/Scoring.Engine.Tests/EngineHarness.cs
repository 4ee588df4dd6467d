using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Time.Testing;
using Scoring.Core.Backend;
using Scoring.Core.Workspaces;
using Scoring.Engine.Files;
using Scoring.Engine.Moving;

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
            CheckpointBytes = 4 << 20,
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

    /// <summary>The file that is there once a store is whole.</summary>
    public string StoreFile => Path.Combine(Directory, StoreFolder.StoreFile);

    /// <summary>The small files, drafts included, that are replaced as a whole.</summary>
    public IReadOnlyList<string> Documents =>
        System.IO.Directory.Exists(Directory)
            ?
            [
                .. System
                    .IO.Directory.EnumerateFiles(Directory, "scoring.*")
                    .Where(IsDocument)
                    .Order(StringComparer.Ordinal),
            ]
            : [];

    /// <summary>The files that make up the store: the small ones, those of checkpoints, the segments of the journal by number.</summary>
    public IReadOnlyList<string> StoreFiles => [.. Documents, .. Blobs, .. Segments];

    /// <summary>The segments of the journal by number.</summary>
    public IReadOnlyList<string> Segments =>
        System.IO.Directory.Exists(Directory)
            ? [.. JournalSegment.FilesIn(Directory).Order(StringComparer.Ordinal)]
            : [];

    /// <summary>The files of checkpoints by partition and number: those that hold rows and event ids.</summary>
    public IReadOnlyList<string> Snapshots => [.. Blobs.Where(IsOfFrames)];

    /// <summary>The files of archives by partition and number.</summary>
    public IReadOnlyList<string> Archives => [.. Blobs.Where(path => !IsOfFrames(path))];

    private static bool IsOfFrames(string path)
    {
        using var file = File.OpenRead(path);
        Span<byte> start = stackalloc byte[12];
        return file.ReadAtLeast(start, start.Length, throwOnEndOfStream: false) == start.Length
            && start[8..].SequenceEqual("SCJF"u8);
    }

    private IReadOnlyList<string> Blobs =>
        System.IO.Directory.Exists(Directory)
            ? [.. StoreFolder.Snapshots(Directory).Select(s => s.Path).Order(StringComparer.Ordinal)]
            : [];

    public Action<CommitStep>? Probe { get; set; }

    /// <summary>Merges that a test did step by step.</summary>
    public long Merges;

    public ScoringEngine Engine { get; private set; } = null!;

    public async Task<ScoringEngine> Open()
    {
        Engine = await ScoringEngine.OpenAsync(Options, Cancellation);
        return Engine;
    }

    /// <summary>Stops the engine, moves its store into another number of partitions, and opens that.</summary>
    public async Task MoveAndOpen(int partitions)
    {
        await Engine.DisposeAsync();
        var from = Options with { DataDirectory = Directory };
        UseDirectory(Directory + "-moved");
        using (var source = FileStore.Lock(from))
        using (var target = FileStore.Lock(Options))
        {
            StoreMove.Run(source, target, new MoveOptions { Partitions = partitions }, Cancellation);
        }
        Options = Options with { Partitions = partitions };
        await Open();
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
    /// <param name="withMarker">Whether that a store is being made is copied too.</param>
    public void UseCopyOfFiles(bool withMarker = false)
    {
        var copy = Path.Combine(_root, $"copy{++_copies}");
        System.IO.Directory.CreateDirectory(copy);
        // A crash leaves the files as of one moment; copying takes longer, so it is done again when a small one has changed meanwhile.
        while (!TryCopyTo(copy))
        {
            Thread.Yield();
        }
        if (withMarker && File.Exists(Path.Combine(Directory, StoreFolder.MakingFile)))
        {
            CopyTo(copy, [Path.Combine(Directory, StoreFolder.MakingFile)]);
        }
        UseDirectory(copy);
    }

    private bool TryCopyTo(string copy)
    {
        foreach (var file in System.IO.Directory.EnumerateFiles(copy))
        {
            File.Delete(file);
        }
        var documents = Documents;
        try
        {
            // The journal last: what a checkpoint contains was in it before, and files that the small ones name are there.
            CopyTo(copy, documents);
            CopyTo(copy, Blobs);
            CopyTo(copy, Segments);
            return documents.SequenceEqual(Documents)
                && documents.All(file =>
                    File.ReadAllBytes(file).SequenceEqual(File.ReadAllBytes(Path.Combine(copy, Path.GetFileName(file))))
                );
        }
        catch (FileNotFoundException)
        {
            return false;
        }
    }

    private static bool IsDocument(string path) =>
        Path.GetFileName(path) is not ("scoring.lock" or StoreFolder.MakingFile);

    private static void CopyTo(string directory, IEnumerable<string> files)
    {
        foreach (var file in files)
        {
            File.Copy(file, Path.Combine(directory, Path.GetFileName(file)));
        }
    }

    /// <summary>Says whether any file of the store has changed.</summary>
    public string Fingerprint()
    {
        var text = new StringBuilder();
        foreach (var file in StoreFiles)
        {
            var bytes = File.ReadAllBytes(file);
            text.AppendLine($"{file} {bytes.Length} {Convert.ToHexString(SHA256.HashData(bytes))}");
        }
        return text.ToString();
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
