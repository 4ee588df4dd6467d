using Orleans.Serialization;
using Scoring.Cluster.Accounts;
using Scoring.Cluster.Customers;
using Scoring.Cluster.Messages;
using Scoring.Core.Recording;

namespace Scoring.Cluster.Front;

/// <summary>The calls that many grains get at once: made by fronts, and by relays for them.</summary>
internal sealed class PartedCalls(CustomerGrains customers, IGrainFactory grains, Serializer<ScoreAnswer> scores)
{
    /// <summary>Records events of customers.</summary>
    public PartedCall<EventsByCustomer, WriteAnswer> Record(string workspace, long receivedTicks) =>
        new(
            part => CustomerGrains.Id(workspace, part.CustomerId),
            part => customers.Get(workspace, part.CustomerId).RecordAsync(part.Events, receivedTicks),
            (relay, parts) => relay.RecordAsync(workspace, parts, receivedTicks)
        );

    /// <summary>Changes customers.</summary>
    public PartedCall<Indexed<CustomerUpdate>, WriteAnswer> UpsertCustomers(string workspace) =>
        new(
            part => CustomerGrains.Id(workspace, part.Item.CustomerId),
            part => customers.Get(workspace, part.Item.CustomerId).UpsertAsync(part.Item, part.Index),
            (relay, parts) => relay.UpsertCustomersAsync(workspace, parts)
        );

    /// <summary>Changes accounts.</summary>
    public PartedCall<Indexed<AccountUpdate>, WriteAnswer> UpsertAccounts(string workspace) =>
        new(
            part => grains.GetAccount(workspace, part.Item.AccountId).GetGrainId(),
            part => grains.GetAccount(workspace, part.Item.AccountId).UpsertAsync(part.Item, part.Index),
            (relay, parts) => relay.UpsertAccountsAsync(workspace, parts)
        );

    /// <summary>Scores customers, named by their ids.</summary>
    public PartedCall<string, ScoreAnswer> Score(string workspace, ModelRef model, long readTicks) =>
        new(
            id => CustomerGrains.Id(workspace, id),
            id => customers.Get(workspace, id).ScoreAsync(model, readTicks),
            async (relay, ids) =>
                Array.ConvertAll(
                    await relay.ScoreAsync(workspace, ids, model, readTicks),
                    sent => scores.Deserialize(sent)!
                )
        );
}
