using System.Globalization;
using Microsoft.Extensions.Logging.Abstractions;
using Scoring.Engine.Files;
using Scoring.Engine.Recovery;

namespace Scoring.Engine.Moving;

/// <summary>A store that no server has open, read as a whole: checkpoints and the journal behind them. It is left as it is.</summary>
public sealed class ClosedStore : IDisposable
{
    private readonly DirectoryLock _lock;
    private readonly OpenedStore _store;

    private ClosedStore(DirectoryLock directory, OpenedStore store)
    {
        (_lock, _store) = (directory, store);
        Workspaces =
        [
            .. store.Contents.Settings.Workspaces.Select(
                (stored, number) =>
                    new ClosedWorkspace(
                        new MovedWorkspace(
                            stored.Name,
                            stored.HalfLivesDays,
                            stored.PassiveEventTypes,
                            [
                                .. store
                                    .Contents.Models.Where(m => m.Workspace == number)
                                    .Select(m => new MovedModel(m.Model, m.SourceHash)),
                            ]
                        ),
                        [.. store.Loaded.Select(l => l.Partition.Shares[number])]
                    )
            ),
        ];
    }

    /// <summary>Tells the store from every other.</summary>
    public string Identity => _store.Checkpoints.Identity.ToString("x16", CultureInfo.InvariantCulture);

    /// <summary>Partitions that customers are divided among.</summary>
    public int Partitions => _store.Contents.Meta.Partitions;

    /// <summary>The workspaces, by number.</summary>
    public IReadOnlyList<ClosedWorkspace> Workspaces { get; }

    /// <summary>Number of event ids that are remembered.</summary>
    public long EventIds => _store.Loaded.Sum(l => l.Partition.Window.Count);

    /// <summary>Opens the store of a data directory and reads all of it.</summary>
    /// <param name="directory">The data directory.</param>
    /// <param name="progress">Is told now and then how many customers have been read, and of how many.</param>
    /// <exception cref="StoreException">There is none, a server has it open, or it is damaged or foreign.</exception>
    public static ClosedStore Open(string directory, Action<long, long>? progress = null)
    {
        if (!Directory.Exists(directory) || !FileStore.ExistsIn(directory))
        {
            throw new StoreException(
                directory,
                "there is no store here. Name the data directory of a standalone server."
            );
        }
        var taken = DirectoryLock.Take(directory);
        try
        {
            return new ClosedStore(taken, Read(directory, progress));
        }
        catch
        {
            taken.Dispose();
            throw;
        }
    }

    /// <summary>The event ids that are remembered, partition by partition, in the order of receipt.</summary>
    public IEnumerable<MovedEventId> ReadEventIds() =>
        _store
            .Loaded.Select(loaded => loaded.Partition)
            .SelectMany(partition =>
                partition
                    .Window.Ids()
                    .Select(id => new MovedEventId(partition.Index, id.Key, id.Content, id.ReceivedTicks))
            );

    /// <summary>Lets others open the store.</summary>
    public void Dispose()
    {
        _store.Log.Dispose();
        _lock.Dispose();
    }

    /// <summary>Reads a store whose directory is locked.</summary>
    private static OpenedStore Read(string directory, Action<long, long>? progress)
    {
        var options = new EngineOptions { DataDirectory = directory };
        using var store = new FileStore(options);
        return new StoreOpening(store, options, [], new EngineLog(NullLogger.Instance)).ReadOnly(progress);
    }
}
