using System.Collections.Concurrent;
using Scoring.Grains.Stores;

namespace Scoring.Grains.Placement;

/// <summary>Which silos there are to have partitions on: those that are active and do not leave.</summary>
internal sealed class ClusterView(IClusterMembershipService membership, ILocalSiloDetails here, HostedEngine engine)
{
    private readonly ConcurrentDictionary<SiloAddress, bool> _leaving = new();
    private volatile Known? _known;
    private int _leavings;

    /// <summary>This silo.</summary>
    public SiloAddress Here => here.SiloAddress;

    /// <summary>Where partitions are to be.</summary>
    public PartitionHomes Homes => Now().Homes;

    /// <summary>The silos that are active, this one included; those that leave still are.</summary>
    public IReadOnlyCollection<SiloAddress> Active => Now().Active;

    /// <summary>The silos that are active and stay.</summary>
    public IReadOnlyCollection<SiloAddress> Staying => Now().Staying;

    /// <summary>Whether a silo is active.</summary>
    public bool IsActive(SiloAddress silo) => Now().Active.Contains(silo);

    /// <summary>Whether this silo gives its partitions away and takes none.</summary>
    public bool IsLeaving => _leaving.ContainsKey(Here);

    /// <summary>Told that a silo leaves: nothing more is placed there.</summary>
    public void Leave(SiloAddress silo)
    {
        _leaving[silo] = true;
        Interlocked.Increment(ref _leavings);
    }

    /// <summary>Where partitions are to be if these are all the silos.</summary>
    public PartitionHomes HomesAmong(IReadOnlyCollection<SiloAddress> silos)
    {
        var now = Now();
        SiloAddress[] staying = [.. silos.Where(silo => !_leaving.ContainsKey(silo))];
        return staying.Length == 0 ? new(engine.Host.Partitions, silos)
            : now.Staying.SetEquals(staying) ? now.Homes
            : new(engine.Host.Partitions, staying);
    }

    private Known Now()
    {
        var snapshot = membership.CurrentSnapshot;
        var leavings = Volatile.Read(ref _leavings);
        if (_known is { } known && known.Version == snapshot.Version && known.Leavings == leavings)
        {
            return known;
        }
        HashSet<SiloAddress> active =
        [
            .. snapshot
                .Members.Values.Where(member => member.Status == SiloStatus.Active)
                .Select(member => member.SiloAddress),
        ];
        HashSet<SiloAddress> staying = [.. active.Where(silo => !_leaving.ContainsKey(silo))];
        // When all leave, or before this silo is active, somebody has to be named: nothing is opened there.
        IEnumerable<SiloAddress> candidates =
            staying.Count > 0 ? staying
            : active.Count > 0 ? active
            : [Here];
        return _known = new(snapshot.Version, leavings, active, staying, new(engine.Host.Partitions, candidates));
    }

    private sealed record Known(
        MembershipVersion Version,
        int Leavings,
        HashSet<SiloAddress> Active,
        HashSet<SiloAddress> Staying,
        PartitionHomes Homes
    );
}
