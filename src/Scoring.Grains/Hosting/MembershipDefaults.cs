using Orleans.Configuration;

namespace Scoring.Grains.Hosting;

/// <summary>When a silo counts as gone.</summary>
/// <remarks>
/// <para>
/// Orleans' own defaults (a probe every 5 seconds, three missed) leave a killed silo's grains without a home for 13 to 16 seconds and a hung one's for 65.
/// With 1 second and two missed, measured on loopback, it is 1 second and 2.3; but then a pause of two seconds, of the collector or of a machine that many share,
/// costs a healthy server its partitions.
/// </para>
/// <para>
/// A probe every 1.5 seconds, three missed, answers for it: a pause shorter than 3 seconds never evicts anybody. A killed process closes its connections, so its
/// probes fail at once; a hung one is out after some 5 seconds. An eviction that was wrong is harm to speed only: fencing keeps it right.
/// </para>
/// <para>
/// Probe timeouts do not grow beyond 1.5 seconds, which Orleans lets them by four times: who takes longer to answer a probe is of no use to callers. Two votes
/// evict, or one where there are but two silos: the other has nobody to agree with.
/// </para>
/// </remarks>
internal static class MembershipDefaults
{
    private static readonly TimeSpan Probe = TimeSpan.FromSeconds(1.5);

    public static void Apply(ClusterMembershipOptions membership)
    {
        membership.ProbeTimeout = Probe;
        membership.MaxProbeTimeout = Probe;
        membership.NumMissedProbesLimit = 3;
        membership.NumVotesForDeathDeclaration = 2;
        membership.TableRefreshTimeout = TimeSpan.FromSeconds(10);
        membership.IAmAliveTablePublishTimeout = TimeSpan.FromSeconds(10);
        membership.DefunctSiloExpiration = TimeSpan.FromHours(1);
    }
}
