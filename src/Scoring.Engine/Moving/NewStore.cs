using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Scoring.Core;
using Scoring.Core.Accounts;
using Scoring.Core.Populations;
using Scoring.Core.Workspaces;
using Scoring.Engine.Checkpoints;
using Scoring.Engine.Duplicates;
using Scoring.Engine.Files;
using Scoring.Engine.Journal;
using Scoring.Engine.Models;
using Scoring.Engine.Partitions;
using Scoring.Engine.Snapshots;
using Scoring.Engine.Storage;

namespace Scoring.Engine.Moving;

/// <summary>A store that is being made of what another one holds.</summary>
/// <remarks>It is made beside its place and moved there when it is whole: a process that is killed meanwhile leaves nothing that a server would take for a store.</remarks>
public sealed class NewStore : IDisposable
{
    private const string DraftFolder = "scoring-draft";
    private readonly string _directory;
    private readonly ICheckpointStore _store;
    private readonly Share[] _workspaces;
    private readonly Part[] _parts;

    private NewStore(string directory, ICheckpointStore store, int partitions, IReadOnlyList<MovedWorkspace> workspaces)
    {
        (_directory, _store) = (directory, store);
        _workspaces = [.. workspaces.Select(workspace => new Share(workspace, partitions))];
        _parts = [.. Enumerable.Range(0, partitions).Select(partition => new Part(_store, partition))];
    }

    /// <summary>Makes the store of a data directory that has none.</summary>
    /// <param name="directory">The data directory; made when it does not exist.</param>
    /// <param name="partitions">Partitions that customers are divided among, 1 to 1,024.</param>
    /// <param name="workspaces">The workspaces; their places in the list are their numbers.</param>
    /// <param name="fill">Adds what the store is to hold; what it throws ends everything.</param>
    /// <param name="verify">Looks at the finished store before it is moved to its place; what it throws ends everything.</param>
    /// <exception cref="StoreException">There is a store already, or the directory cannot be used.</exception>
    public static void Create(
        string directory,
        int partitions,
        IReadOnlyList<MovedWorkspace> workspaces,
        Action<NewStore> fill,
        Action<ClosedStore> verify
    )
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(partitions, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(partitions, StoreBounds.Partitions);
        var draft = Path.Combine(directory, DraftFolder);
        ThrowIfThere(directory);
        Directory.CreateDirectory(directory);
        using var taken = DirectoryLock.Take(directory);
        ThrowIfThere(directory);
        try
        {
            Remove(draft);
            Directory.CreateDirectory(draft);
            using (var store = new FileStore(new EngineOptions { DataDirectory = draft }))
            {
                store.Make(
                    BitConverter.ToInt64(RandomNumberGenerator.GetBytes(sizeof(long))),
                    checkpoints =>
                    {
                        using var made = new NewStore(draft, checkpoints, partitions, workspaces);
                        fill(made);
                        made.Complete(workspaces);
                    }
                );
            }
            using (var finished = ClosedStore.Open(draft))
            {
                verify(finished);
            }
            MoveTo(directory, draft);
        }
        catch (StoreFailure e)
        {
            throw new StoreException(directory, $"the store cannot be made: {e.Message} Check the disk.", e);
        }
        finally
        {
            if (!File.Exists(Path.Combine(directory, StoreFolder.StoreFile)))
            {
                RemoveStore(directory);
            }
            Remove(draft);
        }
    }

    /// <summary>Throws when a directory has a store.</summary>
    /// <exception cref="StoreException">It has.</exception>
    public static void ThrowIfThere(string directory)
    {
        if (!Directory.Exists(directory))
        {
            return;
        }
        FileStore.ThrowIfOfEarlierBuild(directory);
        if (!IsLeftover(directory) && FileStore.ExistsIn(directory))
        {
            throw new StoreException(
                directory,
                "there is a store here already, and nothing is ever written over one. Name another directory, or move the store away."
            );
        }
    }

    /// <summary>Adds a customer. Workspaces come by rising number, in each the customers before the accounts.</summary>
    /// <param name="workspace">Number of its workspace.</param>
    /// <param name="id">Its id in UTF-8.</param>
    /// <param name="record">Its stored form.</param>
    /// <exception cref="InvalidDataException">The record is not this customer's, or not one of the workspace's half-lives.</exception>
    /// <exception cref="StoreException">A partition would hold more than it can.</exception>
    public void AddCustomer(int workspace, ReadOnlySpan<byte> id, ReadOnlySpan<byte> record)
    {
        var share = _workspaces[workspace];
        share.Check(id, record);
        if (!_parts[share.Hash.Of(id)].TryAdd(workspace, RowKind.Customer, record))
        {
            throw new StoreException(
                _directory,
                $"more than {Limits.Customers} customers of the workspace '{share.Name}' would be in one partition. Ask for more partitions."
            );
        }
    }

    /// <summary>Adds an account. Workspaces come by rising number, in each the customers before the accounts.</summary>
    /// <param name="workspace">Number of its workspace.</param>
    /// <param name="id">Its id.</param>
    /// <param name="record">Its stored form.</param>
    /// <exception cref="InvalidDataException">The record is not this account's.</exception>
    /// <exception cref="StoreException">A partition would hold more than it can.</exception>
    public void AddAccount(int workspace, string id, ReadOnlySpan<byte> record)
    {
        if (AccountRecord.Read(record).AccountId != id)
        {
            throw new InvalidDataException("The record is another account's.");
        }
        var share = _workspaces[workspace];
        if (!_parts[share.Hash.Of(id)].TryAdd(workspace, RowKind.Account, record))
        {
            throw new StoreException(
                _directory,
                $"more than {Limits.Customers} accounts of the workspace '{share.Name}' would be in one partition. Ask for more partitions."
            );
        }
    }

    /// <summary>Adds an event id of a customer.</summary>
    /// <param name="workspace">Number of its workspace.</param>
    /// <param name="customerId">Its customer in UTF-8.</param>
    /// <param name="keyInWorkspace">Its key without what the workspace adds to it.</param>
    /// <param name="content">What the event said.</param>
    /// <param name="receivedTicks">When it was received.</param>
    /// <returns>The id as it is in the store.</returns>
    public MovedEventId AddEventId(
        int workspace,
        ReadOnlySpan<byte> customerId,
        UInt128 keyInWorkspace,
        ulong content,
        long receivedTicks
    )
    {
        var share = _workspaces[workspace];
        var id = new MovedEventId(share.Hash.Of(customerId), keyInWorkspace ^ share.Key, content, receivedTicks);
        AddEventId(id);
        return id;
    }

    /// <summary>Adds an event id whose partition is known. It must be one of a store with as many partitions.</summary>
    /// <exception cref="InvalidDataException">There is no such partition.</exception>
    public void AddEventId(MovedEventId id)
    {
        if (id.Partition < 0 || id.Partition >= _parts.Length)
        {
            throw new InvalidDataException($"An event id belongs to partition {id.Partition}, which does not exist.");
        }
        _parts[id.Partition].Ids.Add(new(id.Key, id.Content, id.ReceivedTicks));
    }

    /// <summary>Closes the files.</summary>
    public void Dispose() => Array.ForEach(_parts, part => part.Dispose());

    /// <summary>Writes what says what else there is.</summary>
    private void Complete(IReadOnlyList<MovedWorkspace> workspaces)
    {
        var models = workspaces
            .SelectMany((workspace, number) => workspace.Models.Select(model => (number, model)))
            .Select(m => new StoredModel(m.number, m.model.Model, m.model.SourceHash))
            .ToList();
        var settings = new StoredSettings(
            Window(),
            [.. workspaces.Select(workspace => StoredWorkspace.From(SettingsOf(workspace)))]
        );
        StoreContents.Make(
            _store,
            new StoreMeta(_parts.Length, new EngineOptions { DataDirectory = _directory }.Durability),
            settings,
            models,
            [.. _parts.Select(part => part.Complete(settings))]
        );
    }

    private WindowBounds Window()
    {
        // Nothing is forgotten on the way; what the server is configured to forget, it forgets with its next event.
        var defaults = new EngineOptions { DataDirectory = _directory };
        var window = defaults.WindowBoundsOf(_parts.Length);
        return window with
        {
            Maximum = Math.Max(window.Maximum, _parts.Max(part => part.Ids.Count)),
        };
    }

    private static WorkspaceSettings SettingsOf(MovedWorkspace workspace) =>
        new()
        {
            Name = workspace.Name,
            HalfLivesDays = workspace.HalfLivesDays,
            PassiveEventTypes = workspace.PassiveEventTypes,
        };

    /// <summary>Whether all that is in a directory is what a migration left that was killed while it moved files to their place.</summary>
    private static bool IsLeftover(string directory) =>
        Directory.Exists(Path.Combine(directory, DraftFolder))
        && !File.Exists(Path.Combine(directory, StoreFolder.StoreFile))
        && !JournalSegment.FilesIn(directory).Any();

    /// <summary>Moves the files of a store to their place, the one that says that there is a store last.</summary>
    private static void MoveTo(string directory, string draft)
    {
        RemoveStore(directory);
        var last = Path.Combine(draft, StoreFolder.StoreFile);
        foreach (var file in StoreFolder.FilesIn(draft).Where(file => file != last).ToList())
        {
            File.Move(file, Path.Combine(directory, Path.GetFileName(file)));
        }
        DiskSync.Names(directory);
        File.Move(last, Path.Combine(directory, StoreFolder.StoreFile));
        DiskSync.Names(directory);
    }

    /// <summary>Removes what was moved to its place of a store that is not whole.</summary>
    private static void RemoveStore(string directory)
    {
        foreach (var file in StoreFolder.FilesIn(directory).ToList())
        {
            File.Delete(file);
        }
    }

    private static void Remove(string draft)
    {
        if (Directory.Exists(draft))
        {
            Directory.Delete(draft, recursive: true);
        }
    }

    /// <summary>What is needed of a workspace to add to it.</summary>
    private sealed class Share(MovedWorkspace workspace, int partitions)
    {
        private readonly OpenCustomer _open = new(SettingsOf(workspace));

        public string Name { get; } = workspace.Name;

        public PartitionHash Hash { get; } = new(workspace.Name, partitions);

        public UInt128 Key { get; } = EventIdentity.KeyOf(workspace.Name);

        /// <exception cref="InvalidDataException">The record is not this customer's.</exception>
        public void Check(ReadOnlySpan<byte> id, ReadOnlySpan<byte> record)
        {
            _open.Open(record);
            if (!_open.Is(id))
            {
                throw new InvalidDataException("The record is another customer's.");
            }
        }
    }

    /// <summary>A partition: its rows, which are written as they come, and its event ids.</summary>
    private sealed class Part(ICheckpointStore store, int partition) : IDisposable
    {
        private const int RowsFile = 1;
        private const int IdsFile = 2;
        private readonly Dictionary<int, RowCounts> _rows = [];
        private SnapshotWriter? _writer;
        private ulong _last;

        public List<RememberedEvent> Ids { get; } = [];

        /// <summary>Adds a row behind those before; false when there are too many.</summary>
        public bool TryAdd(int workspace, RowKind kind, ReadOnlySpan<byte> record)
        {
            var counts = _rows.GetValueOrDefault(workspace);
            var number = kind == RowKind.Customer ? counts.Customers : counts.Accounts;
            if (number >= Limits.Customers)
            {
                return false;
            }
            var row = new StoredRow(workspace, kind, number);
            if (_writer is not null && row.Key <= _last)
            {
                throw new InvalidOperationException("Workspaces come by rising number, customers before accounts.");
            }
            _last = row.Key;
            _writer ??= new SnapshotWriter(store, partition, RowsFile);
            // No entry of the journal is contained in it.
            var length = row.Begin(_writer.Frame, entry: 0);
            _writer.Frame.Bytes(record);
            StoredRow.End(_writer.Frame, length);
            if (_writer.IsFrameFull)
            {
                _writer.EndFrame();
            }
            _rows[workspace] =
                kind == RowKind.Customer
                    ? counts with
                    {
                        Customers = number + 1,
                    }
                    : counts with
                    {
                        Accounts = number + 1,
                    };
            return true;
        }

        /// <summary>Writes the rest, and says what the store is to know of it.</summary>
        public PartitionState Complete(StoredSettings settings)
        {
            var files = new List<SnapshotFile>();
            if (_writer is not null)
            {
                if (!_writer.IsFrameEmpty)
                {
                    _writer.EndFrame();
                }
                files.Add(_writer.Complete(SnapshotKind.Everyone));
            }
            if (Ids.Count > 0)
            {
                files.Add(WriteIds());
            }
            return PartitionState.Empty(settings) with { WindowTail = Ids.Count, Rows = _rows, Files = files };
        }

        public void Dispose() => _writer?.Dispose();

        /// <summary>Writes the ids in the order of receipt, which is the order that they are forgotten in.</summary>
        private SnapshotFile WriteIds()
        {
            using var writer = new SnapshotWriter(store, partition, IdsFile);
            var ids = CollectionsMarshal.AsSpan(Ids);
            ids.Sort((one, other) => one.ReceivedTicks.CompareTo(other.ReceivedTicks));
            for (var block = 0L; ids.Length > 0; block++)
            {
                var count = Math.Min(ids.Length, WindowBlock.Capacity);
                writer.Frame.Int64(block);
                WindowBlock.Write(ids[..count], writer.Frame);
                writer.EndFrame();
                ids = ids[count..];
            }
            return writer.Complete(SnapshotKind.EventIds);
        }
    }
}
