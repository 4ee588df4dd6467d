using System.Diagnostics;
using Scoring.Cluster.Customers;
using Scoring.Cluster.Messages;

namespace Scoring.Cluster.Front;

/// <summary>Calls many grains with one call for each silo that is the home of some of them.</summary>
/// <remarks>What a silo did not do, or what nobody knows of, is asked for again grain by grain, by the rules of <see cref="CustomerCalls"/>.</remarks>
internal sealed class CallsBySilo(
    CustomerCalls calls,
    FanOut fanOut,
    CustomerRelayClient relays,
    IClusterMembershipService membership,
    ILocalSiloDetails here,
    ClusterOptions options
)
{
    private volatile Known? _known;

    /// <summary>Writes to distinct grains.</summary>
    /// <param name="parts">What is written, one for each grain.</param>
    /// <param name="call">How.</param>
    /// <param name="isRepeatable">Whether a part that is there already changes nothing when it is repeated.</param>
    /// <returns>The answers, in the order of the parts.</returns>
    /// <exception cref="Core.ScoringException"><see cref="Core.ScoringError.Unavailable"/>: the outcome of some of it is unknown.</exception>
    public async Task<WriteAnswer[]> WriteAsync<T>(
        IReadOnlyList<T> parts,
        PartedCall<T, WriteAnswer> call,
        Func<T, bool> isRepeatable
    ) =>
        parts is [var only]
            ? [await calls.WriteAsync(isRepeatable(only), () => call.CallAsync(only))]
            : await AllAsync(
                parts,
                call,
                (part, before, since) =>
                    calls.WriteAgainAsync(isRepeatable(part), () => call.CallAsync(part), before.Status, since)
            );

    /// <summary>Asks grains; asking again harms nobody.</summary>
    /// <param name="parts">What is asked, one for each grain.</param>
    /// <param name="call">How.</param>
    /// <returns>The answers, in the order of the parts.</returns>
    /// <exception cref="Core.ScoringException"><see cref="Core.ScoringError.Unavailable"/>.</exception>
    public async Task<TAnswer[]> ReadAsync<T, TAnswer>(IReadOnlyList<T> parts, PartedCall<T, TAnswer> call)
        where TAnswer : IAnswer<TAnswer> =>
        parts is [var only]
            ? [await calls.ReadAsync(() => call.CallAsync(only))]
            : await AllAsync(parts, call, (part, _, since) => calls.ReadAgainAsync(() => call.CallAsync(part), since));

    private async Task<TAnswer[]> AllAsync<T, TAnswer>(
        IReadOnlyList<T> parts,
        PartedCall<T, TAnswer> call,
        Func<T, TAnswer, long, Task<TAnswer>> again
    )
        where TAnswer : IAnswer<TAnswer>
    {
        var homes = Homes();
        var answers = new TAnswer[parts.Count];
        await Task.WhenAll(
            Enumerable
                .Range(0, parts.Count)
                .GroupBy(i => homes.Of(call.GrainOf(parts[i])))
                .Select(async group =>
                {
                    int[] places = [.. group];
                    var since = Stopwatch.GetTimestamp();
                    var once = await OnceAsync(group.Key, Array.ConvertAll(places, i => parts[i]), call);
                    for (var k = 0; k < places.Length; k++)
                    {
                        answers[places[k]] = once[k];
                    }
                    await Task.WhenAll(
                        places
                            .Where(i => !answers[i].IsDone)
                            .Select(async i => answers[i] = await again(parts[i], answers[i], since))
                    );
                })
        );
        return answers;
    }

    private async Task<TAnswer[]> OnceAsync<T, TAnswer>(SiloAddress home, T[] parts, PartedCall<T, TAnswer> call)
        where TAnswer : IAnswer<TAnswer>
    {
        if (home.Equals(here.SiloAddress))
        {
            return await fanOut.CallAsync(parts, call);
        }
        try
        {
            // Orleans waits half a minute for a service of a silo that has ended, longer than a caller is told that it has to.
            return await call.RelayAsync(relays.Of(home), parts).WaitAsync(options.CallTimeout / 2);
        }
        catch (Exception e) when (CustomerCalls.IsOfTheCluster(e))
        {
            return Array.ConvertAll(parts, _ => TAnswer.None(e));
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
