using System.Globalization;
using Scoring.Core;
using Scoring.Engine.Journal;
using Scoring.Engine.Storage;

namespace Scoring.Postgres.Tests.Support;

/// <summary>A store of which every partition is claimed before anything is read of it, for a server that is alone.</summary>
internal sealed class ClaimingStore(PostgresStore store) : IStore
{
    public string Place => store.Place;

    public IPartitionOwnership Ownership => store.Ownership;

    public bool Exists() => store.Exists();

    public void Make(long identity, Action<ICheckpointStore> fill) => store.Make(identity, fill);

    public ICheckpointStore OpenCheckpoints()
    {
        for (var partition = 0; TryClaim(partition); partition++) { }
        return store.OpenCheckpoints();
    }

    public IPartitionLog OpenLog(long identity, Durability durability, IReadOnlyList<LogSpan> spans) =>
        store.OpenLog(identity, durability, spans);

    public void Dispose() => store.Dispose();

    private bool TryClaim(int partition)
    {
        try
        {
            store.Ownership.Claim(partition);
            return true;
        }
        catch (InvalidOperationException e)
            when (e.Message.Contains(partition.ToString(CultureInfo.InvariantCulture), StringComparison.Ordinal))
        {
            // The store has no more.
            return false;
        }
    }
}
