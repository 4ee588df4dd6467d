using Microsoft.Extensions.Logging;
using Scoring.Grains.Relay;
using Scoring.Grains.Stores;

namespace Scoring.Grains.Announcements;

/// <inheritdoc cref="IStoreAnnouncer"/>
/// <remarks>
/// A silo that does not is waited for until it is out of the membership, or for as long as it may hold its lease: it answers nothing then. A silo that becomes
/// active meanwhile takes them over before it opens a partition.
/// </remarks>
internal sealed partial class StoreAnnouncer(
    IClusterMembershipService membership,
    ILocalSiloDetails here,
    HostRelayClient relays,
    HostedEngine engine,
    GrainOptions options,
    ILogger<StoreAnnouncer> log
) : IStoreAnnouncer
{
    private static readonly TimeSpan TryFor = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan TryAgainAfter = TimeSpan.FromMilliseconds(100);

    /// <inheritdoc/>
    public async Task AnnounceAsync()
    {
        var since = options.TimeProvider.GetTimestamp();
        await engine.Host.RefreshAsync();
        // Who became active before the model was stored may not be known here yet.
        await membership.Refresh();
        var others = membership
            .CurrentSnapshot.Members.Values.Where(member => MayAnswer(member.Status))
            .Select(member => member.SiloAddress)
            .Where(silo => !silo.Equals(here.SiloAddress));
        await Task.WhenAll(others.Select(silo => TellAsync(silo, since)));
    }

    private async Task TellAsync(SiloAddress silo, long since)
    {
        while (MayAnswer(membership.CurrentSnapshot.GetSiloStatus(silo)))
        {
            try
            {
                await relays.Of(silo).RefreshAsync().WaitAsync(TryFor);
                return;
            }
            catch (Exception e)
            {
                if (options.TimeProvider.GetElapsedTime(since) >= engine.LongestLease)
                {
                    NotTold(silo, e);
                    return;
                }
            }
            await Task.Delay(TryAgainAfter);
        }
    }

    private static bool MayAnswer(SiloStatus status) =>
        status is SiloStatus.Active or SiloStatus.ShuttingDown or SiloStatus.Stopping;

    [LoggerMessage(1, LogLevel.Warning, "{Silo} did not take over what is new in the store; its lease has run out.")]
    private partial void NotTold(SiloAddress silo, Exception e);
}
