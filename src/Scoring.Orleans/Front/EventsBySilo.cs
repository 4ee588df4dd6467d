using System.Diagnostics;
using Scoring.Cluster.Customers;
using Scoring.Cluster.Messages;

namespace Scoring.Cluster.Front;

/// <summary>Records events of many customers with one call for each silo that is the home of some of them.</summary>
/// <remarks>What a silo did not take, or what nobody knows of, is sent again customer by customer, by the rules of <see cref="CustomerCalls"/>.</remarks>
internal sealed class EventsBySilo(
    CustomerCalls calls,
    CustomerGrains customers,
    CustomerFanOut fanOut,
    CustomerRelayClient relays,
    IClusterMembershipService membership,
    ILocalSiloDetails here,
    ClusterOptions options
)
{
    private volatile Known? _known;

    /// <summary>Records the events of distinct customers.</summary>
    /// <exception cref="Core.ScoringException"><see cref="Core.ScoringError.Unavailable"/>: the outcome of some of it is unknown.</exception>
    public async Task<WriteAnswer[]> RecordAsync(
        string workspace,
        IReadOnlyList<EventsByCustomer> parts,
        long receivedTicks
    )
    {
        if (parts is [var only])
        {
            var grain = customers.Get(workspace, only.CustomerId);
            return [await calls.WriteAsync(only.AllHaveIds, () => grain.RecordAsync(only.Events, receivedTicks))];
        }
        var homes = Homes();
        var answers = await Task.WhenAll(
            parts
                .GroupBy(part => homes.Of(CustomerGrains.Id(workspace, part.CustomerId)))
                .Select(group => RecordAsync(group.Key, workspace, [.. group], receivedTicks))
        );
        return [.. answers.SelectMany(answer => answer)];
    }

    private async Task<WriteAnswer[]> RecordAsync(
        SiloAddress home,
        string workspace,
        EventsByCustomer[] parts,
        long receivedTicks
    )
    {
        var since = Stopwatch.GetTimestamp();
        var answers = await RecordOnceAsync(home, workspace, parts, receivedTicks);
        var again = Enumerable.Range(0, parts.Length).Where(i => answers[i].Status != WriteStatus.Done);
        await Task.WhenAll(
            again.Select(async i =>
            {
                var (part, grain) = (parts[i], customers.Get(workspace, parts[i].CustomerId));
                var call = () => grain.RecordAsync(part.Events, receivedTicks);
                answers[i] = await calls.WriteAgainAsync(part.AllHaveIds, call, answers[i].Status, since);
            })
        );
        return answers;
    }

    private async Task<WriteAnswer[]> RecordOnceAsync(
        SiloAddress home,
        string workspace,
        EventsByCustomer[] parts,
        long receivedTicks
    )
    {
        if (home.Equals(here.SiloAddress))
        {
            return await fanOut.RecordAsync(workspace, parts, receivedTicks);
        }
        try
        {
            // Orleans waits half a minute for a service of a silo that has ended, longer than a caller is told that it has to.
            return await relays
                .Of(home)
                .RecordAsync(workspace, parts, receivedTicks)
                .WaitAsync(options.CallTimeout / 2);
        }
        catch (Exception e) when (CustomerCalls.IsOfTheCluster(e))
        {
            return [.. parts.Select(_ => WriteAnswer.Unknown)];
        }
    }

    private CustomerHomes Homes()
    {
        var snapshot = membership.CurrentSnapshot;
        if (_known is { } known && known.Version == snapshot.Version)
        {
            return known.Homes;
        }
        var silos = snapshot
            .Members.Values.Where(member => member.Status == SiloStatus.Active)
            .Select(member => member.SiloAddress)
            .DefaultIfEmpty(here.SiloAddress);
        var homes = new CustomerHomes(silos);
        _known = new(snapshot.Version, homes);
        return homes;
    }

    private sealed record Known(MembershipVersion Version, CustomerHomes Homes);
}
