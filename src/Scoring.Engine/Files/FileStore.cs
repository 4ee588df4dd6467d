using Scoring.Core;
using Scoring.Engine.Journal;
using Scoring.Engine.Recovery;
using Scoring.Engine.Storage;

namespace Scoring.Engine.Files;

/// <summary>A store in the files of a data directory, which one process has at a time.</summary>
public sealed class FileStore : IMovableStore
{
    private readonly EngineOptions _options;
    private readonly string _directory;
    private readonly DirectoryLock? _lock;

    /// <param name="options">Where it lies.</param>
    /// <param name="directory">Keeps others out; null where somebody else does.</param>
    internal FileStore(EngineOptions options, DirectoryLock? directory = null) =>
        (_options, _directory, _lock) = (options, options.DataDirectory, directory);

    /// <inheritdoc/>
    public string Place => _directory;

    /// <inheritdoc/>
    public IPartitionOwnership Ownership { get; } = new SoleOwner();

    /// <summary>Locks a data directory, which is made when it does not exist.</summary>
    /// <exception cref="StoreException">It is in use, or cannot be used.</exception>
    public static FileStore Lock(EngineOptions options)
    {
        try
        {
            Directory.CreateDirectory(options.DataDirectory);
        }
        catch (Exception e) when (StoreFailure.IsOfDisk(e))
        {
            throw new StoreException(options.DataDirectory, $"the data directory cannot be made: {e.Message}", e);
        }
        return new(options, DirectoryLock.Take(options.DataDirectory));
    }

    /// <inheritdoc/>
    public long? FreeBytes => new DriveInfo(Path.GetFullPath(_directory)).AvailableFreeSpace;

    /// <inheritdoc/>
    public bool IsHalfMoved() =>
        File.Exists(Path.Combine(_directory, StoreFolder.MoveFile))
        && File.Exists(Path.Combine(_directory, StoreFolder.StoreFile));

    /// <inheritdoc/>
    /// <remarks>The directory is locked.</remarks>
    public void KeepServersOut() { }

    /// <inheritdoc/>
    public void ThrowIfServersMayBeIn() { }

    /// <inheritdoc/>
    public bool Exists()
    {
        var earlier = Directory.EnumerateFiles(_directory, StoreFolder.SqliteFile + "*").Order(StringComparer.Ordinal);
        if (earlier.FirstOrDefault() is { } database)
        {
            throw new StoreException(
                database,
                "is a store of an earlier build of this service, which a server of this one does not open. It has been left as it is. "
                    + $"Copy it into a new directory by 'scoring move --from {_directory} --to NEW', and start the server there."
            );
        }
        if (IsHalfMoved())
        {
            throw StoreException.HalfMoved(_directory);
        }
        var store = Path.Combine(_directory, StoreFolder.StoreFile);
        if (File.Exists(store))
        {
            return true;
        }
        var isMaking = File.Exists(Path.Combine(_directory, StoreFolder.MakingFile));
        // What is there of a store that was being made has never been in use; nothing is recorded in it.
        var making = isMaking ? StoreFolder.DocumentsIn(_directory) : [];
        if (StoreFolder.FilesIn(_directory).Except(making).Order(StringComparer.Ordinal).FirstOrDefault() is { } left)
        {
            throw new StoreException(store, $"is missing while {left} is there. {StoreErrors.Restore}");
        }
        return false;
    }

    /// <inheritdoc/>
    /// <remarks>That it is a move says a document, which <see cref="IMovableStore.MoveDocument"/> names.</remarks>
    public void Make(long identity, Action<IStoreTarget> fill, bool isMove = false)
    {
        try
        {
            var documents = StoreFolder.DocumentsIn(_directory).ToList();
            Remove(StoreFolder.FilesIn(_directory).Except(documents));
            File.WriteAllBytes(Path.Combine(_directory, StoreFolder.MakingFile), []);
            DiskSync.Names(_directory);
            // As long as it is there, so is what says that it was half moved.
            Remove(documents.Where(path => Path.GetFileName(path) == StoreFolder.StoreFile));
            DiskSync.Names(_directory);
            Remove(documents);
        }
        catch (Exception e) when (StoreFailure.IsOfDisk(e))
        {
            throw StoreFailure.Of(_directory, e);
        }
        JournalIndex.Empty.Write(Path.Combine(_directory, StoreFolder.JournalFile), identity);
        fill(new FileCheckpointStore(_directory, identity, _options.CommitProbe, isMaking: true));
        StoreFolder.TryDelete(Path.Combine(_directory, StoreFolder.MakingFile));
    }

    /// <inheritdoc/>
    public void EndMove()
    {
        try
        {
            File.Delete(Path.Combine(_directory, StoreFolder.MoveFile));
            DiskSync.Names(_directory);
        }
        catch (Exception e) when (StoreFailure.IsOfDisk(e))
        {
            throw StoreFailure.InDoubt(_directory, e);
        }
    }

    /// <inheritdoc/>
    public ICheckpointStore OpenCheckpoints()
    {
        CheckedFile.Read(Path.Combine(_directory, StoreFolder.StoreFile), out var identity);
        return new FileCheckpointStore(_directory, identity, _options.CommitProbe, isMaking: false);
    }

    /// <inheritdoc/>
    public IPartitionLog OpenLog(long identity, Durability durability, IReadOnlyList<LogSpan> spans)
    {
        var path = Path.Combine(_directory, StoreFolder.JournalFile);
        var index = JournalIndex.Read(path, identity);
        var found = new JournalReader(path, index, isOlder: false, identity, durability, spans).Read();
        return new JournalLog(_options, identity, spans.Count, found);
    }

    /// <summary>Lets others open it.</summary>
    public void Dispose() => _lock?.Dispose();

    private static void Remove(IEnumerable<string> files)
    {
        foreach (var path in files.ToList())
        {
            File.Delete(path);
        }
    }
}
