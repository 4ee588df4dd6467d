using Microsoft.AspNetCore.Connections;

namespace Scoring.Server.Memory;

/// <summary>Gives connections the memory that their buffers come from.</summary>
/// <param name="budget">The budget of all.</param>
/// <param name="pool">Where blocks come from.</param>
internal sealed class ConnectionBuffers(MemoryBudget budget, BlockPool pool)
{
    /// <summary>Stands before what a listener does with a connection.</summary>
    /// <param name="next">What it does.</param>
    /// <param name="isRefusable">Whether a connection is closed for which there is no memory. Others are for probes as well.</param>
    public ConnectionDelegate Before(ConnectionDelegate next, bool isRefusable) =>
        async connection =>
        {
            using var memory = ConnectionMemory.TryOpen(budget, pool, connection, isRefusable);
            if (memory is null)
            {
                connection.Abort();
                return;
            }
            await next(connection);
        };
}
