using Orleans.Configuration;

namespace Scoring.Grains.Hosting;

/// <summary>When a silo counts as gone.</summary>
/// <remarks>
/// <para>
/// Orleans' own defaults (a probe every 5 seconds, three missed) leave a killed silo's grains without a home for 13 to 16 seconds and a hung one's for 65.
/// With 1 second and two missed, measured on loopback, it is 1 second and 2.3; but then a pause of little more than a second, of the collector or of a machine
/// that many share, costs a healthy server its partitions.
/// </para>
/// <para>
/// A probe every second, three missed: a pause shorter than 2 seconds evicts nobody, which is also what a lease of 3 seconds bears that is renewed every
/// second. Probes of a killed process fail at once and it is out after 2 to 3 seconds, a hung one after some 4. An eviction that was wrong costs time only: who
/// owns what is the store's to say.
/// </para>
/// <para>
/// Probe timeouts do not grow, which Orleans lets them by four times: who takes longer to answer a probe is of no use to callers. Two votes evict, or one
/// where there are but two silos: the other has nobody to agree with.
/// </para>
/// </remarks>
internal static class MembershipDefaults
{
    private static readonly TimeSpan Probe = TimeSpan.FromSeconds(1);

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
