using Scoring.Engine.Storage;

namespace Scoring.Postgres;

/// <summary>Claims of one run of a server to partitions, and its leases.</summary>
internal sealed class PostgresOwnership : IPartitionOwnership, IDisposable
{
    private readonly ServerLease[] _leases;

    public PostgresOwnership(IReadOnlyList<Database> databases, PostgresStoreOptions options)
    {
        // A server that was started again is another one: the one before may still be there, and answer.
        var incarnation = Guid.NewGuid();
        _leases = [.. databases.Select(database => new ServerLease(database, incarnation, options, Claims))];
    }

    /// <summary>What was claimed.</summary>
    public ClaimedEpochs Claims { get; } = new();

    /// <inheritdoc/>
    public bool IsShared => true;

    /// <inheritdoc/>
    public Action? Renewing
    {
        get => _leases[0].Renewing;
        set => Array.ForEach(_leases, lease => lease.Renewing = value);
    }

    /// <inheritdoc/>
    /// <remarks>The lease is looked at first: what a renewal says to be lost is noted before it makes the lease longer.</remarks>
    public bool Holds(int partition) => LeaseOf(partition).IsHeld && Claims.Contains(partition);

    /// <inheritdoc/>
    public Claim Claim(int partition) => LeaseOf(partition).Claim(partition);

    /// <inheritdoc/>
    public void Release(int partition) => LeaseOf(partition).Release(partition);

    /// <summary>Gives up every partition.</summary>
    public void Dispose() => Array.ForEach(_leases, lease => lease.Dispose());

    private ServerLease LeaseOf(int partition) => _leases[partition % _leases.Length];
}
