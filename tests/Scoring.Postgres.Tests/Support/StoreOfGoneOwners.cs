using Scoring.Core;
using Scoring.Engine.Journal;
using Scoring.Engine.Recovery;
using Scoring.Engine.Storage;

namespace Scoring.Postgres.Tests.Support;

/// <summary>A store that one server at a time has open: whoever had its partitions before is certain to answer no more, so its lease need not be waited for.</summary>
internal sealed class StoreOfGoneOwners(PostgresStore store) : IStore, IPartitionOwnership
{
    public string Place => store.Place;

    public IPartitionOwnership Ownership => this;

    public bool IsShared => true;

    public Action? Renewing
    {
        get => store.Ownership.Renewing;
        set => store.Ownership.Renewing = value;
    }

    public bool Exists() => store.Exists();

    public void Make(long identity, Action<IStoreTarget> fill, bool isMove = false) =>
        store.Make(identity, fill, isMove);

    public ICheckpointStore OpenCheckpoints() => store.OpenCheckpoints();

    public IPartitionLog OpenLog(long identity, Durability durability, IReadOnlyList<LogSpan> spans) =>
        store.OpenLog(identity, durability, spans);

    public bool Holds(int partition) => store.Ownership.Holds(partition);

    public Claim Claim(int partition) => store.Ownership.Claim(partition) with { Wait = TimeSpan.Zero };

    public void Release(int partition) => store.Ownership.Release(partition);

    public void Dispose() => store.Dispose();
}
