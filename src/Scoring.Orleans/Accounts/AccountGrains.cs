using Scoring.Cluster.Customers;

namespace Scoring.Cluster.Accounts;

/// <summary>Refers to accounts' grains.</summary>
internal static class AccountGrains
{
    /// <summary>The grain of an account.</summary>
    public static IAccountGrain GetAccount(this IGrainFactory grains, string workspace, string id) =>
        grains.GetGrain<IAccountGrain>(new CustomerKey(workspace, id).ToString());
}
