using System.IO.Hashing;
using Scoring.Engine.Checkpoints;
using Scoring.Engine.Journal;
using Scoring.Engine.Recovery;
using Scoring.Engine.Storage;
using Scoring.Engine.Workspaces;

namespace Scoring.Engine.Moving;

/// <summary>A store that no server has open, partition by partition: what checkpoints hold, and the log behind them. It is left as it is.</summary>
internal sealed class ClosedStore : IDisposable
{
    private readonly long _identity;
    private readonly PartitionState[] _states;
    private readonly IPartitionLog _log;
    private readonly PartitionLoader _loader;

    /// <summary>Opens a store, which is there.</summary>
    /// <exception cref="StoreException">It is damaged or foreign.</exception>
    public ClosedStore(IStore store)
    {
        var checkpoints = Checkpoints = store.OpenCheckpoints();
        _identity = checkpoints.Identity;
        Contents = StoreContents.Read(checkpoints);
        _states = [.. Enumerable.Range(0, Contents.Meta.Partitions).Select(Contents.ReadState)];
        LogSpan[] spans = [.. _states.Select(state => new LogSpan(state.CheckpointEntry, state.LastEntry))];
        _log = store.OpenLog(_identity, Contents.Meta.Durability, spans);
        // Bounds are for what is recorded.
        _loader = new(checkpoints, Task.FromResult(_log), new EngineOptions { DataDirectory = store.Place }, []);
    }

    /// <summary>Where its blobs are.</summary>
    public ICheckpointStore Checkpoints { get; }

    /// <summary>Its documents.</summary>
    public StoreContents Contents { get; }

    /// <summary>Partitions that customers are divided among.</summary>
    public int Partitions => _states.Length;

    /// <summary>Bytes that checkpoints take up: what a copy takes, more or less.</summary>
    public long Bytes => _states.Sum(state => state.FileBytes);

    /// <summary>Changes with everything that is recorded, with models and with what users of the store keep in it. Reads the log.</summary>
    /// <exception cref="StoreException">It is damaged.</exception>
    public ulong Fingerprint
    {
        get
        {
            using var all = new BlobWriter();
            all.Int64(_identity);
            all.Bytes(Contents.EncodedModels);
            foreach (var document in Contents.Meta.Documents)
            {
                all.Bytes(Contents.ReadShared(document).Content);
            }
            for (var partition = 0; partition < Partitions; partition++)
            {
                _states[partition].Write(all);
                var newest = _log.Read(partition, _states[partition].CheckpointEntry).Select(entry => entry.Number);
                all.Int64(newest.LastOrDefault());
            }
            return XxHash3.HashToUInt64(all.Written);
        }
    }

    /// <summary>
    /// By what entries are applied. The document may be what a server with other settings put that then was refused, because data does not go with
    /// them: half-lives are those that the partitions have.
    /// </summary>
    public IReadOnlyList<StoredWorkspace> Workspaces =>
        [
            .. Contents.Settings.Workspaces.Select(
                (stored, number) =>
                    _states
                        .Select(state => state.Settings.Workspaces.ElementAtOrDefault(number))
                        .FirstOrDefault(other => other?.HasSameHalfLives(stored.HalfLivesDays) == false)
                    ?? stored
            ),
        ];

    /// <summary>Customers that checkpoints hold of a partition.</summary>
    public long CustomersOf(int partition) => _states[partition].Rows.Values.Sum(rows => (long)rows.Customers);

    /// <summary>Event ids that checkpoints hold of a partition.</summary>
    public long EventIdsOf(int partition) => _states[partition].WindowTail - _states[partition].WindowHead;

    /// <summary>Reads a partition.</summary>
    /// <exception cref="StoreException">It is damaged.</exception>
    public LoadedPartition Load(int partition) => _loader.Load(partition, _states[partition], epoch: 0, new());

    /// <summary>Closes it.</summary>
    public void Dispose() => _log.Dispose();
}
