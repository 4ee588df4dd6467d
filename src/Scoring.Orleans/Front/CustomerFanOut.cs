using Orleans.Storage;
using Scoring.Cluster.Customers;
using Scoring.Cluster.Messages;

namespace Scoring.Cluster.Front;

/// <summary>Calls the grains of many customers at once, wherever they are.</summary>
internal sealed class CustomerFanOut(CustomerGrains customers, ClusterOptions options)
{
    /// <summary>Records events of distinct customers, each once, and says of each what came of it.</summary>
    public async Task<WriteAnswer[]> RecordAsync(
        string workspace,
        IReadOnlyList<EventsByCustomer> parts,
        long receivedTicks
    )
    {
        Task<WriteAnswer>[] writes =
        [
            .. parts.Select(part =>
                OnceAsync(customers.Get(workspace, part.CustomerId).RecordAsync(part.Events, receivedTicks))
            ),
        ];
        // Sooner than whoever asked another silo gives up, who would know nothing of those that are done.
        try
        {
            return await Task.WhenAll(writes).WaitAsync(options.CallTimeout * 0.4);
        }
        catch (TimeoutException)
        {
            return Array.ConvertAll(
                writes,
                write => write.IsCompletedSuccessfully ? write.Result : WriteAnswer.Unknown
            );
        }
    }

    private static async Task<WriteAnswer> OnceAsync(Task<WriteAnswer> write)
    {
        try
        {
            return await write;
        }
        catch (InconsistentStateException)
        {
            return WriteAnswer.Gone;
        }
        catch (Exception e) when (CustomerCalls.IsOfTheCluster(e))
        {
            return WriteAnswer.Unknown;
        }
    }
}
