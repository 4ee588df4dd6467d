using System.Numerics;
using System.Security.Cryptography;
using Scoring.Engine.Checkpoints;
using Scoring.Engine.Duplicates;
using Scoring.Engine.Partitions;
using Scoring.Engine.Recovery;
using Scoring.Engine.Storage;
using Scoring.Engine.Workspaces;

namespace Scoring.Engine.Moving;

/// <summary>Copies a store into another place, also into another number of partitions, and verifies the copy.</summary>
/// <remarks>
/// <para>
/// A customer of partition s lies in a partition t of the copy that is the same as s modulo the greatest common divisor of both numbers of
/// partitions. So partitions fall into classes, one for each residue, that have nothing to do with each other: a class is read into memory, divided anew and
/// written as a checkpoint of each of its partitions. Which are written stands in the copy, which no server opens until all of it was found to be
/// the same as what was read: a move that ends in between goes on behind the last class.
/// </para>
/// </remarks>
public sealed class StoreMove
{
    private readonly IMovableStore _target;
    private readonly MoveOptions _options;
    private readonly CancellationToken _cancellationToken;
    private readonly ClosedStore _source;
    private readonly int _partitions;
    private readonly int _classes;
    private readonly StoredSettings _settings;
    private readonly PartitionHash[] _hashes;
    private readonly ulong _fingerprint;
    private Progress _progress;

    private StoreMove(
        IMovableStore target,
        ClosedStore source,
        MoveOptions options,
        CancellationToken cancellationToken
    )
    {
        (_target, _source, _options, _cancellationToken) = (target, source, options, cancellationToken);
        _partitions = options.Partitions ?? source.Partitions;
        _classes = (int)BigInteger.GreatestCommonDivisor(source.Partitions, _partitions);
        _settings = new(BoundsFor(source.Contents.Settings.Window), source.Workspaces);
        _hashes = [.. _settings.Workspaces.Select(workspace => new PartitionHash(workspace.Name, _partitions))];
        _fingerprint = source.Fingerprint;
        _progress = new(options.Report, source.Partitions, cancellationToken);
    }

    /// <summary>Moves a store, or goes on where a move before this one ended.</summary>
    /// <param name="source">The store, which nothing is changed in.</param>
    /// <param name="target">Where to. There must be no store.</param>
    /// <param name="options">How.</param>
    /// <param name="cancellationToken">Ends it; it can be gone on with.</param>
    /// <exception cref="StoreException">It cannot be done; the message says why, and what to do.</exception>
    /// <exception cref="ArgumentException">An option is out of its range.</exception>
    public static MoveReport Run(
        IMovableStore source,
        IMovableStore target,
        MoveOptions options,
        CancellationToken cancellationToken = default
    )
    {
        if (options.Partitions is < 1 or > StoreBounds.Partitions)
        {
            throw new ArgumentException("A store has 1 to 1,024 partitions.", nameof(options));
        }
        if (!source.Exists())
        {
            throw new StoreException(source.Place, "there is no store here.");
        }
        source.KeepServersOut();
        using var closed = new ClosedStore(source);
        try
        {
            var report = new StoreMove(target, closed, options, cancellationToken).Run(source.Place);
            source.ThrowIfServersMayBeIn();
            target.EndMove();
            return report;
        }
        catch (StoreFailure e)
        {
            throw new StoreException(
                target.Place,
                e.IsFull
                    ? $"has no room left: {e.Message} Make room and run the same command again, which goes on where it was."
                    : $"cannot be written: {e.Message} Run the same command again, which goes on where it was.",
                e
            );
        }
    }

    private MoveReport Run(string source)
    {
        Begin(source);
        var checkpoints = _target.OpenCheckpoints();
        var contents = StoreContents.Read(checkpoints);
        var state = ReadState(checkpoints, contents, out var version);
        RequireSame(state, contents);
        // A process that claimed them before can put their states no more.
        long[] epochs = [.. Enumerable.Range(0, _partitions).Select(p => _target.Ownership.Claim(p).Epoch)];
        for (var partition = 0; partition < _partitions; partition++)
        {
            contents.ReadState(partition);
        }
        RemoveLeftovers(
            checkpoints,
            (partition, number) => partition % _classes < state.Classes && contents.IsNamed(partition, number)
        );
        _progress.Skip(state.Classes * (_source.Partitions / _classes));
        for (var number = state.Classes; number < _classes; number++)
        {
            Write(checkpoints, contents, epochs, number, state.Sum);
            state = state with { Classes = number + 1 };
            if (!checkpoints.TryPutDocument(IMovableStore.MoveDocument, ++version, BlobWriter.Encode(state.Write)))
            {
                throw AnotherMoves();
            }
        }
        Verify(state.Sum);
        return new(
            _partitions,
            contents.Models.Current.Count,
            state.Sum.EventIds,
            [
                .. _settings.Workspaces.Zip(
                    state.Sum.Workspaces,
                    (workspace, sum) => new MovedWorkspace(workspace.Name, sum.Customers, sum.Accounts, sum.Events)
                ),
            ]
        );
    }

    /// <summary>Makes the store, empty, unless a move before has done so.</summary>
    private void Begin(string source)
    {
        if (_target.IsHalfMoved() && !_options.Restart)
        {
            return;
        }
        if (!_target.IsHalfMoved() && _target.Exists())
        {
            throw new StoreException(
                _target.Place,
                "there is a store here already, and nothing is ever written over one. Name another place, or remove the store."
            );
        }
        RequireRoom();
        var state = new MoveState(source, _fingerprint, Classes: 0, StoreSum.Of(_settings.Workspaces));
        _target.Make(
            BitConverter.ToInt64(RandomNumberGenerator.GetBytes(sizeof(long))),
            store =>
            {
                store.TryPutDocument(IMovableStore.MoveDocument, version: 1, BlobWriter.Encode(state.Write));
                var meta = _source.Contents.Meta with { Partitions = _partitions };
                var shared = meta.Documents.Select(name => _source.Contents.ReadShared(name).Content);
                StoreContents.Make(store, meta, _settings, _source.Contents.Models, shared);
            },
            isMove: true
        );
    }

    private static MoveState ReadState(ICheckpointStore checkpoints, StoreContents contents, out long version)
    {
        var content = checkpoints.ReadDocument(IMovableStore.MoveDocument, out version);
        return BlobReader.Parse(
            checkpoints.PlaceOf(IMovableStore.MoveDocument),
            content,
            (ref BlobReader reader) => MoveState.Read(contents.Settings.Workspaces, ref reader)
        );
    }

    /// <summary>Throws unless what is there was begun by the same move.</summary>
    private void RequireSame(MoveState state, StoreContents contents)
    {
        if (contents.Meta.Partitions != _partitions)
        {
            throw new StoreException(
                _target.Place,
                $"a move into {contents.Meta.Partitions} partitions was begun here, and this one is into {_partitions}. Go on with "
                    + $"--partitions {contents.Meta.Partitions}, or begin anew with --restart."
            );
        }
        if (state.Fingerprint != _fingerprint)
        {
            throw new StoreException(
                _target.Place,
                $"a move of {state.Source} was begun here. That was another store, or something was recorded in it since. Name the same with --from, "
                    + "or begin anew with --restart."
            );
        }
    }

    private void RequireRoom()
    {
        if (_target.FreeBytes is { } free && free < _source.Bytes)
        {
            throw new StoreException(
                _target.Place,
                $"there is room for {free >> 20} MiB, and the store takes up {_source.Bytes >> 20} MiB. Make room, or name another place."
            );
        }
    }

    private void RemoveLeftovers(ICheckpointStore checkpoints, Func<int, long, bool> isNamed)
    {
        checkpoints.StartWriting(isNamed);
        foreach (var partition in Enumerable.Range(0, _partitions))
        {
            checkpoints.RemoveLeftovers(partition, number => isNamed(partition, number));
        }
    }

    /// <summary>Writes a class of partitions.</summary>
    private void Write(ICheckpointStore checkpoints, StoreContents contents, long[] epochs, int number, StoreSum sum)
    {
        var targets = Enumerable
            .Range(0, _partitions / _classes)
            .Select(i => number + (i * _classes))
            .ToDictionary(partition => partition, partition => NewPartition(partition, epochs[partition]));
        int[] sources = [.. Enumerable.Range(0, _source.Partitions / _classes).Select(i => number + (i * _classes))];
        var empty = PartitionState.Empty(_settings);
        var next = targets.ToDictionary(of => of.Key, of => empty.NextFile(of.Value.Epoch));
        var archives = new MovedArchives(
            _source.Checkpoints,
            checkpoints,
            targets,
            _hashes,
            partition => next[partition]++
        );
        var divided = new ClassOfPartitions(_target.Place, targets, _hashes, sources.Sum(_source.EventIdsOf), sum);
        foreach (var from in sources)
        {
            _progress.Begin(_source.CustomersOf(from));
            var loaded = _source.Load(from);
            divided.Add(loaded.Partition, _progress.AddCustomer);
            archives.Add(loaded);
            _progress.End();
        }
        divided.Complete();
        foreach (var partition in targets.Values)
        {
            var state = empty with { Archives = archives.AreComplete ? archives.Of(partition.Index) : null };
            Write(checkpoints, contents, partition, state);
        }
        FreeMemory();
    }

    private void Write(ICheckpointStore checkpoints, StoreContents contents, Partition partition, PartitionState empty)
    {
        var checkpoint = new PartitionCheckpoint(partition, empty, checkpoints, _settings);
        foreach (var state in checkpoint.Pieces().OfType<PartitionState>())
        {
            if (!contents.TryCommit(partition.Index, state))
            {
                throw AnotherMoves();
            }
            _progress.AddBytes(state.FileBytes);
        }
    }

    private Partition NewPartition(int index, long epoch)
    {
        var shares = _settings.Workspaces.Select((stored, i) => new WorkspaceShare(i, stored.ToSettings(null)));
        return new(index, [.. shares], _settings.Window) { Epoch = epoch };
    }

    /// <summary>Reads all of the copy, and throws when it is not the same as what was read.</summary>
    private void Verify(StoreSum expected)
    {
        using var made = new ClosedStore(_target);
        var found = StoreSum.Of(made.Workspaces);
        _progress = new(_options.Report, made.Partitions, _cancellationToken) { IsVerifying = true };
        for (var number = 0; number < made.Partitions; number++)
        {
            _progress.Begin(made.CustomersOf(number));
            var loaded = made.Load(number);
            found.Add(
                loaded.Partition,
                (workspace, customer, _) =>
                {
                    RequirePlace(number, _hashes[workspace].Of(customer.Id));
                    _progress.AddCustomer();
                },
                (workspace, id, _) => RequirePlace(number, _hashes[workspace].Of(id))
            );
            found.AddEventIds(loaded.Partition.Window);
            _progress.AddBytes(loaded.State.FileBytes);
            _progress.End();
            FreeMemory();
        }
        var difference = made.Contents.EncodedModels.AsSpan().SequenceEqual(_source.Contents.EncodedModels)
            ? expected.DifferenceTo(found)
            : "its models are not the same";
        if (difference is not null)
        {
            throw Different(difference);
        }
    }

    private void RequirePlace(int partition, int expected)
    {
        if (partition != expected)
        {
            throw Different($"something of partition {expected} lies in partition {partition}");
        }
    }

    private StoreException Different(string how) =>
        new(
            _target.Place,
            $"the copy is not the same as the store: {how}. No server opens it. Begin anew with --restart, and report this."
        );

    private StoreException AnotherMoves() => new(_target.Place, "another process moves a store here too.");

    /// <summary>How long ids are remembered in each partition, so that it is as long in all together as before.</summary>
    private WindowBounds BoundsFor(WindowBounds bounds)
    {
        return new(bounds.Age, Share(bounds.Minimum), Share(bounds.Maximum));

        int Share(long ids) =>
            (int)Math.Min(int.MaxValue, ((ids * _source.Partitions) + _partitions - 1) / _partitions);
    }

    /// <summary>Gives back the memory of partitions that are done with, of which the collector is not told.</summary>
    private static void FreeMemory()
    {
        GC.Collect();
        GC.WaitForPendingFinalizers();
    }
}
