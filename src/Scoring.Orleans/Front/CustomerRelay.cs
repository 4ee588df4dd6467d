using Microsoft.Extensions.Logging;
using Orleans.Serialization;
using Scoring.Cluster.Messages;
using Scoring.Core.Recording;

namespace Scoring.Cluster.Front;

/// <inheritdoc cref="ICustomerRelay"/>
internal sealed class CustomerRelay(
    GrainId id,
    Silo silo,
    ILoggerFactory loggers,
    PartedCalls calls,
    FanOut fanOut,
    Serializer<ScoreAnswer> scores
) : GrainService(id, silo, loggers), ICustomerRelay
{
    public Task<WriteAnswer[]> RecordAsync(string workspace, EventsByCustomer[] parts, long receivedTicks) =>
        CallAsync(parts, calls.Record(workspace, receivedTicks));

    public Task<WriteAnswer[]> UpsertCustomersAsync(string workspace, Indexed<CustomerUpdate>[] updates) =>
        CallAsync(updates, calls.UpsertCustomers(workspace));

    public Task<WriteAnswer[]> UpsertAccountsAsync(string workspace, Indexed<AccountUpdate>[] updates) =>
        CallAsync(updates, calls.UpsertAccounts(workspace));

    public Task<byte[][]> ScoreAsync(string workspace, string[] customerIds, ModelRef model, long readTicks) =>
        Task.Run(async () =>
        {
            var answers = await fanOut.CallAsync(customerIds, calls.Score(workspace, model, readTicks));
            return Array.ConvertAll(answers, scores.SerializeToArray);
        });

    // Not as a turn of this service, of which there is one at a time.
    private Task<TAnswer[]> CallAsync<T, TAnswer>(T[] parts, PartedCall<T, TAnswer> call)
        where TAnswer : IAnswer<TAnswer> => Task.Run(() => fanOut.CallAsync(parts, call));
}
