using Scoring.Core;
using Scoring.Engine.Journal;
using Scoring.Engine.Storage;

namespace Scoring.Engine.Files;

/// <summary>A store in the files of a data directory, which is locked.</summary>
internal sealed class FileStore(EngineOptions options) : IStore
{
    private readonly string _directory = options.DataDirectory;

    /// <inheritdoc/>
    public string Place => _directory;

    /// <inheritdoc/>
    public bool Exists() => ExistsIn(_directory);

    /// <summary>Whether a directory, which exists, has a store.</summary>
    /// <exception cref="StoreException">There is half a store, or one of an earlier build.</exception>
    public static bool ExistsIn(string directory)
    {
        ThrowIfOfEarlierBuild(directory);
        var store = Path.Combine(directory, StoreFolder.StoreFile);
        if (File.Exists(store))
        {
            return true;
        }
        var isMaking = File.Exists(Path.Combine(directory, StoreFolder.MakingFile));
        // What is there of a store that was being made has never been in use; it has neither models nor anything recorded.
        var making = isMaking ? StoreFolder.DocumentsIn(directory).Where(file => !StoreFolder.IsModel(file)) : [];
        if (StoreFolder.FilesIn(directory).Except(making).Order(StringComparer.Ordinal).FirstOrDefault() is { } left)
        {
            throw new StoreException(store, $"is missing while {left} is there. {StoreErrors.Restore}");
        }
        return false;
    }

    /// <summary>Throws when a directory has a store of an earlier build.</summary>
    /// <exception cref="StoreException">It has.</exception>
    public static void ThrowIfOfEarlierBuild(string directory)
    {
        var earlier = Directory.EnumerateFiles(directory, StoreFolder.SqliteFile + "*").Order(StringComparer.Ordinal);
        if (earlier.FirstOrDefault() is { } database)
        {
            throw new StoreException(
                database,
                "is a store of an earlier build of this service, which this one does not read. It has been left as it is. "
                    + "Open it with that build, or choose another data directory and import the data again."
            );
        }
    }

    /// <inheritdoc/>
    public ICheckpointStore Make(long identity)
    {
        try
        {
            foreach (var left in StoreFolder.FilesIn(_directory).ToList())
            {
                File.Delete(left);
            }
            File.WriteAllBytes(Path.Combine(_directory, StoreFolder.MakingFile), []);
            DiskSync.Names(_directory);
        }
        catch (Exception e) when (StoreFailure.IsOfDisk(e))
        {
            throw StoreFailure.Of(_directory, e);
        }
        JournalIndex.Empty.Write(Path.Combine(_directory, StoreFolder.JournalFile), identity);
        return new FileCheckpointStore(_directory, identity, options.CommitProbe, isMaking: true);
    }

    /// <inheritdoc/>
    public ICheckpointStore OpenCheckpoints()
    {
        CheckedFile.Read(Path.Combine(_directory, StoreFolder.StoreFile), out var identity);
        return new FileCheckpointStore(_directory, identity, options.CommitProbe, isMaking: false);
    }

    /// <inheritdoc/>
    public IPartitionLog OpenLog(long identity, Durability durability, IReadOnlyList<LogSpan> spans) =>
        JournalLog.Open(options, identity, durability, spans);
}
