using Microsoft.Extensions.Logging;
using Scoring.Cluster.Messages;

namespace Scoring.Cluster.Front;

/// <inheritdoc cref="ICustomerRelay"/>
internal sealed class CustomerRelay(GrainId id, Silo silo, ILoggerFactory loggers, CustomerFanOut customers)
    : GrainService(id, silo, loggers),
        ICustomerRelay
{
    public Task<WriteAnswer[]> RecordAsync(string workspace, EventsByCustomer[] parts, long receivedTicks) =>
        // Not as a turn of this service, of which there is one at a time.
        Task.Run(() => customers.RecordAsync(workspace, parts, receivedTicks));
}
