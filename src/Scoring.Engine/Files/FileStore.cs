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
    private readonly IReadOnlyList<string> _madeDirectories;

    /// <param name="options">Where it lies.</param>
    /// <param name="held">Keeps others out; null where somebody else does.</param>
    /// <param name="madeDirectories">What was made for it, the innermost first.</param>
    internal FileStore(
        EngineOptions options,
        DirectoryLock? held = null,
        IReadOnlyList<string>? madeDirectories = null
    ) =>
        (_options, _directory, _lock, _madeDirectories) = (options, options.DataDirectory, held, madeDirectories ?? []);

    /// <inheritdoc/>
    public string Place => _directory;

    /// <inheritdoc/>
    public IPartitionOwnership Ownership { get; } = new SoleOwner();

    /// <summary>Locks a data directory, which is made when it does not exist.</summary>
    /// <exception cref="StoreException">It is in use, or cannot be used.</exception>
    public static FileStore Lock(EngineOptions options)
    {
        var directory = options.DataDirectory;
        if (File.Exists(directory))
        {
            throw new StoreException(directory, "is a file. Name a directory for the data, or one that is to be made.");
        }
        var made = MissingOf(Path.GetFullPath(directory));
        try
        {
            Directory.CreateDirectory(directory);
            var held = DirectoryLock.Take(directory);
            if (PrivateFiles.IsOpenToOthers(directory))
            {
                new EngineLog(options.Logger).DirectoryOpenToOthers(directory);
            }
            foreach (var path in StoreFolder.FilesIn(directory))
            {
                PrivateFiles.Mend(path);
            }
            return new(options, held, made);
        }
        catch (Exception e) when (StoreFailure.IsOfDisk(e))
        {
            RemoveIfEmpty(made);
            throw new StoreException(
                directory,
                $"the data directory cannot be made: {e.Message} Choose another, or check the permissions of the one above.",
                e
            );
        }
        catch
        {
            RemoveIfEmpty(made);
            throw;
        }
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
        try
        {
            Fill(identity, fill);
        }
        catch when (!isMove)
        {
            // Nothing is recorded in it, and whoever is refused finds the directory as it was.
            StoreFolder.DocumentsIn(_directory).ToList().ForEach(StoreFolder.TryDelete);
            StoreFolder.TryDelete(Path.Combine(_directory, StoreFolder.MakingFile));
            throw;
        }
    }

    private void Fill(long identity, Action<IStoreTarget> fill)
    {
        JournalIndex.Empty.Write(Path.Combine(_directory, StoreFolder.JournalFile), identity, _lock);
        fill(new FileCheckpointStore(_directory, identity, _options.CommitProbe, _lock, isMaking: true));
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
        return new FileCheckpointStore(_directory, identity, _options.CommitProbe, _lock, isMaking: false);
    }

    /// <inheritdoc/>
    public IPartitionLog OpenLog(long identity, Durability durability, IReadOnlyList<LogSpan> spans)
    {
        var path = Path.Combine(_directory, StoreFolder.JournalFile);
        var index = JournalIndex.Read(path, identity);
        var found = new JournalReader(path, index, isOlder: false, identity, durability, spans).Read();
        return new JournalLog(_options, identity, spans.Count, found, _lock);
    }

    /// <summary>Lets others open it. Of what was made for a store that is not there nothing is left.</summary>
    public void Dispose()
    {
        if (_lock is not null)
        {
            _lock.Dispose();
            RemoveIfEmpty(_madeDirectories);
        }
    }

    /// <summary>The directories of a path that do not exist, the innermost first.</summary>
    private static List<string> MissingOf(string path)
    {
        var missing = new List<string>();
        for (var at = path; at is not null && !Directory.Exists(at); at = Path.GetDirectoryName(at))
        {
            missing.Add(at);
        }
        return missing;
    }

    private static void RemoveIfEmpty(IReadOnlyList<string> directories)
    {
        try
        {
            foreach (var directory in directories)
            {
                Directory.Delete(directory);
            }
        }
        catch (Exception e) when (StoreFailure.IsOfDisk(e))
        {
            // Something is in it.
        }
    }

    private static void Remove(IEnumerable<string> files)
    {
        foreach (var path in files.ToList())
        {
            File.Delete(path);
        }
    }
}
