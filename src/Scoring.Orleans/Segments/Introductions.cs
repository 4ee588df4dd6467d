using Scoring.Cluster.Front;

namespace Scoring.Cluster.Segments;

/// <summary>Has every silo tell a shard, and never keeps the shard waiting for one that does not answer. One thread of control at a time.</summary>
/// <param name="tell">Asks a silo to tell the shard from now on.</param>
/// <param name="time">The clock.</param>
internal sealed class Introductions(Func<SiloAddress, Task> tell, TimeProvider time)
{
    // A silo that has just died is asked as long as nobody has noticed; one that lives answers in milliseconds.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    private readonly HashSet<SiloAddress> _asked = [];

    /// <summary>Asks those silos of the cluster that were not asked, or did not answer, before.</summary>
    public void Make(IReadOnlyCollection<SiloAddress> silos)
    {
        _asked.IntersectWith(silos);
        foreach (var silo in silos)
        {
            if (_asked.Add(silo))
            {
                _ = AskAsync(silo);
            }
        }
    }

    private async Task AskAsync(SiloAddress silo)
    {
        try
        {
            await tell(silo).WaitAsync(Patience, time);
        }
        catch (Exception e) when (CustomerCalls.IsOfTheCluster(e))
        {
            // Asked again, if it is still there.
            _asked.Remove(silo);
        }
    }
}
