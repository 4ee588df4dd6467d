using Scoring.Engine.Files;
using Scoring.Engine.Moving.Older;
using Scoring.Engine.Recovery;

namespace Scoring.Engine.Moving;

/// <summary>The store of a data directory that is to be moved.</summary>
public static class StoreFiles
{
    /// <summary>Locks the directory of a store, also of one that a server refuses because it is older.</summary>
    /// <exception cref="StoreException">There is no such directory, or it is in use.</exception>
    public static IMovableStore Lock(EngineOptions options) =>
        !Directory.Exists(options.DataDirectory)
            ? throw new StoreException(options.DataDirectory, "there is no such directory.")
        : File.Exists(Path.Combine(options.DataDirectory, StoreFolder.SqliteFile)) ? new OlderFiles(options)
        : FileStore.Lock(options);
}
