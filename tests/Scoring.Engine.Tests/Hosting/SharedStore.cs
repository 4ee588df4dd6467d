using System.Collections.Concurrent;
using Scoring.Core;
using Scoring.Engine.Journal;
using Scoring.Engine.Recovery;
using Scoring.Engine.Storage;

namespace Scoring.Engine.Tests.Hosting;

/// <summary>A store in memory that several hosts of a test have open at the same time, each by a <see cref="Connection"/> of its own.</summary>
internal sealed class SharedStore(TimeProvider time)
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, (long Version, byte[] Content)> _documents = [];
    private readonly Dictionary<int, (long Version, byte[] Content)> _states = [];
    private readonly Dictionary<int, (long Epoch, Connection? Owner)> _owners = [];

    // Until when somebody who had a partition once may answer for it still.
    private readonly Dictionary<int, DateTimeOffset> _answered = [];
    private readonly Dictionary<(int Partition, long Number), byte[]> _blobs = [];
    private readonly Dictionary<int, SortedDictionary<long, (long Epoch, byte[] Content)>> _log = [];
    private long _identity;
    private bool _isMade;

    /// <summary>How long a host may answer without having renewed its lease.</summary>
    public static TimeSpan Lease { get; } = TimeSpan.FromSeconds(5);

    /// <summary>Rows of all logs, over all partitions.</summary>
    public int Rows
    {
        get
        {
            lock (_gate)
            {
                return _log.Values.Sum(rows => rows.Count);
            }
        }
    }

    /// <summary>The blobs there are, by partition and number.</summary>
    public IReadOnlyList<(int Partition, long Number)> Blobs
    {
        get
        {
            lock (_gate)
            {
                return [.. _blobs.Keys.Order()];
            }
        }
    }

    /// <summary>Every blob that was ever begun, as often as it was.</summary>
    public ConcurrentQueue<(int Partition, long Number)> BlobsBegun { get; } = new();

    /// <summary>Every partition that was claimed though somebody else had not given it up, as often as it was.</summary>
    public ConcurrentQueue<int> TakenOver { get; } = new();

    public Connection Connect() => new(this);

    private SortedDictionary<long, (long Epoch, byte[] Content)> LogOf(int partition)
    {
        if (!_log.TryGetValue(partition, out var rows))
        {
            _log.Add(partition, rows = []);
        }
        return rows;
    }

    /// <summary>The store as one host has it open.</summary>
    internal sealed class Connection(SharedStore store) : IStore, IPartitionOwnership, ICheckpointStore, IPartitionLog
    {
        private readonly Dictionary<int, long> _epochs = [];
        private readonly Dictionary<int, DateTimeOffset> _graces = [];
        private long _renewed = store.Clock.GetTimestamp();

        /// <summary>Called with each frame before it is appended; may throw, wait, or have others take over.</summary>
        public Action<JournalFrame>? BeforeAppend { get; set; }

        /// <summary>Called with each frame after it was appended, when it is not known yet; may throw.</summary>
        public Action<JournalFrame>? AfterAppend { get; set; }

        /// <summary>Called before it is found out what became of a frame; may throw.</summary>
        public Action? BeforeSettle { get; set; }

        /// <summary>Called after a partition was claimed.</summary>
        public Action<int>? AfterClaim { get; set; }

        /// <summary>Called before a document is read; may throw.</summary>
        public Action<string>? BeforeReadDocument { get; set; }

        /// <summary>Called when a state was read, and nobody knows of it yet.</summary>
        public Action<int>? AfterReadState { get; set; }

        /// <summary>Called before a blob of a partition is begun; may throw.</summary>
        public Action<int>? BeforeBlob { get; set; }

        /// <summary>Called before a document is put; may have others put it first.</summary>
        public Action<string>? BeforePut { get; set; }

        /// <summary>Called when it is asked whether a partition is held, which is after it was read.</summary>
        public Action<int>? BeforeHolds { get; set; }

        public Action? Renewing { get; set; }

        /// <summary>Whether the lease is renewed by itself.</summary>
        public bool Renews { get; private set; } = true;

        /// <summary>Whether the process is thought of as gone: it changes nothing any more, and its lease has ended.</summary>
        public bool IsCut { get; set; }

        public string Place => "a store in memory";

        public IPartitionOwnership Ownership => this;

        public long Identity => store._identity;

        public bool IsShared => true;

        public long FileBytes => 0;

        public bool Exists() => store._isMade;

        public void Make(long identity, Action<IStoreTarget> fill, bool isMove = false)
        {
            lock (store._gate)
            {
                if (!store._isMade)
                {
                    store._identity = identity;
                    fill(this);
                    store._isMade = true;
                }
            }
        }

        public ICheckpointStore OpenCheckpoints() => this;

        public IPartitionLog OpenLog(long identity, Durability durability, IReadOnlyList<LogSpan> spans) => this;

        public bool Holds(int partition)
        {
            BeforeHolds?.Invoke(partition);
            lock (store._gate)
            {
                return LeaseLeft > TimeSpan.Zero && (IsOwner(partition) || GraceLeft(partition) > TimeSpan.Zero);
            }
        }

        public Claim Claim(int partition)
        {
            ThrowIfCut();
            var claim = ClaimNow(partition);
            AfterClaim?.Invoke(partition);
            return claim;
        }

        public void Release(int partition)
        {
            lock (store._gate)
            {
                if (!IsCut && store._owners.GetValueOrDefault(partition) is var (epoch, owner) && owner == this)
                {
                    store._owners[partition] = (epoch, null);
                }
            }
        }

        /// <summary>Ends the renewals, as a process does that hangs.</summary>
        public void StopRenewing()
        {
            _renewed = store.Clock.GetTimestamp();
            Renews = false;
        }

        /// <summary>Renews again, as a process does that hung and goes on.</summary>
        public void RenewAgain()
        {
            Renewing?.Invoke();
            Renews = true;
        }

        public string PlaceOf(string document) => document;

        public byte[] ReadDocument(string name, out long version)
        {
            BeforeReadDocument?.Invoke(name);
            lock (store._gate)
            {
                (version, var content) = store._documents[name];
                return content;
            }
        }

        public bool TryPutDocument(string name, long version, ReadOnlySpan<byte> content)
        {
            BeforePut?.Invoke(name);
            ThrowIfCut();
            lock (store._gate)
            {
                if (store._documents.GetValueOrDefault(name).Version != version - 1)
                {
                    return false;
                }
                store._documents[name] = (version, content.ToArray());
                return true;
            }
        }

        public string PlaceOf(int partition) => $"partition {partition}";

        public byte[] ReadState(int partition, out long version)
        {
            byte[] content;
            lock (store._gate)
            {
                (version, content) = store._states[partition];
            }
            AfterReadState?.Invoke(partition);
            return content;
        }

        public bool TryPutState(int partition, long version, ReadOnlySpan<byte> content)
        {
            ThrowIfCut();
            lock (store._gate)
            {
                if (!IsOwner(partition) || store._states.GetValueOrDefault(partition).Version != version - 1)
                {
                    return false;
                }
                store._states[partition] = (version, content.ToArray());
                return true;
            }
        }

        public IBlobSink CreateBlob(int partition, long number)
        {
            BeforeBlob?.Invoke(partition);
            store.BlobsBegun.Enqueue((partition, number));
            return new Sink(store, (partition, number));
        }

        public IBlobSource OpenBlob(int partition, long number)
        {
            lock (store._gate)
            {
                var place = $"blob {number} of partition {partition}";
                return store._blobs.TryGetValue((partition, number), out var bytes)
                    ? new Source(place, bytes)
                    : throw new StoreException(place, "it is missing.");
            }
        }

        public void DropBlob(int partition, long number)
        {
            lock (store._gate)
            {
                store._blobs.Remove((partition, number));
            }
        }

        public void StartWriting(Func<int, long, bool> isNamed) { }

        public void RemoveLeftovers(int partition, Func<long, bool> isNamed)
        {
            lock (store._gate)
            {
                var leftovers = store._blobs.Keys.Where(b => b.Partition == partition && !isNamed(b.Number)).ToList();
                leftovers.ForEach(name => store._blobs.Remove(name));
            }
        }

        public void Settle() { }

        public IEnumerable<LogEntry> Read(int partition, long after)
        {
            List<KeyValuePair<long, (long Epoch, byte[] Content)>> rows;
            lock (store._gate)
            {
                rows = [.. store.LogOf(partition)];
            }
            return rows.SelectMany(row => FrameRow.Read(partition, row.Key, row.Value.Content, "the log"))
                .Where(entry => entry.Number > after);
        }

        public void StartWriting() { }

        public IReadOnlyList<int> Append(JournalFrame frame)
        {
            BeforeAppend?.Invoke(frame);
            ThrowIfCut();
            var fenced = AppendMissing(frame);
            AfterAppend?.Invoke(frame);
            return fenced;
        }

        public IReadOnlyList<int>? Settle(JournalFrame frame)
        {
            BeforeSettle?.Invoke();
            ThrowIfCut();
            return AppendMissing(frame);
        }

        public void Sync() { }

        public void Forget(Func<int, long> upTo)
        {
            lock (store._gate)
            {
                foreach (var (partition, rows) in store._log)
                {
                    // The last row stays, which says where the next one goes.
                    foreach (
                        var first in rows
                            .Keys.SkipLast(1)
                            .Where(first => NextOf(rows, first) - 1 <= upTo(partition))
                            .ToList()
                    )
                    {
                        rows.Remove(first);
                    }
                }
            }
        }

        public void Dispose() { }

        private TimeSpan LeaseLeft =>
            IsCut ? TimeSpan.Zero
            : Renews ? Lease
            : TimeSpan.FromTicks(Math.Max(0, (Lease - store.Clock.GetElapsedTime(_renewed)).Ticks));

        private bool IsOwner(int partition) =>
            store._owners.GetValueOrDefault(partition).Epoch == _epochs.GetValueOrDefault(partition);

        private Claim ClaimNow(int partition)
        {
            lock (store._gate)
            {
                var (epoch, owner) = store._owners.GetValueOrDefault(partition);
                store._owners[partition] = (epoch + 1, this);
                _epochs[partition] = epoch + 1;
                _graces.Remove(partition);
                if (owner is not null && owner != this)
                {
                    store.TakenOver.Enqueue(partition);
                    // It does not know of the claim, and answers on until its lease ends, which is not renewed for this partition.
                    var grace = store.Clock.GetUtcNow() + owner.LeaseLeft;
                    owner._graces[partition] = grace;
                    var before = store._answered.GetValueOrDefault(partition);
                    store._answered[partition] = grace > before ? grace : before;
                }
                var wait = store._answered.GetValueOrDefault(partition) - store.Clock.GetUtcNow();
                return new(epoch + 1, wait > TimeSpan.Zero ? wait : TimeSpan.Zero);
            }
        }

        private TimeSpan GraceLeft(int partition) => _graces.GetValueOrDefault(partition) - store.Clock.GetUtcNow();

        private void ThrowIfCut()
        {
            if (IsCut)
            {
                throw new StoreFailure("A test has cut the store off.");
            }
        }

        private static long NextOf(SortedDictionary<long, (long Epoch, byte[] Content)> rows, long first) =>
            rows.Keys.First(key => key > first);

        private List<int> AppendMissing(JournalFrame frame)
        {
            var fenced = new List<int>();
            lock (store._gate)
            {
                foreach (var row in frame.Rows)
                {
                    var (rows, epoch) = (store.LogOf(row.Partition), _epochs[row.Partition]);
                    if (rows.TryGetValue(row.First, out var taken))
                    {
                        if (taken.Epoch != epoch || !taken.Content.AsSpan().SequenceEqual(row.Content.Span))
                        {
                            fenced.Add(row.Partition);
                        }
                        continue;
                    }
                    rows.Add(row.First, (epoch, row.Content.ToArray()));
                }
            }
            return fenced;
        }
    }

    private TimeProvider Clock { get; } = time;

    private sealed class Sink(SharedStore store, (int, long) name) : IBlobSink
    {
        private readonly MemoryStream _bytes = new();

        public void Append(ReadOnlySpan<byte> bytes) => _bytes.Write(bytes);

        public void Complete()
        {
            lock (store._gate)
            {
                store._blobs[name] = _bytes.ToArray();
            }
        }

        public void Dispose() => _bytes.Dispose();
    }

    private sealed class Source(string place, byte[] bytes) : IBlobSource
    {
        public string Place => place;

        public long Length => bytes.Length;

        public int Read(Span<byte> buffer, long offset)
        {
            var length = (int)Math.Min(buffer.Length, bytes.Length - offset);
            bytes.AsSpan((int)offset, length).CopyTo(buffer);
            return length;
        }

        public void Dispose() { }
    }
}
