using Orleans.Concurrency;
using Orleans.GrainDirectory;
using Orleans.Placement;
using Scoring.Core;
using Scoring.Core.Accounts;
using Scoring.Core.Time;
using Scoring.Engine.Hosting;
using Scoring.Grains.Customers;
using Scoring.Grains.Placement;

namespace Scoring.Grains.Accounts;

/// <inheritdoc cref="IAccountGrain"/>
/// <remarks>It asks each silo once for the tallies of the account's members, wherever these are, and keeps nothing: the answer is as of now.</remarks>
[Reentrant]
[Immovable]
[PreferLocalPlacement]
[GrainDirectory(PartitionDirectory.Name)]
[GrainType(PartitionDirectory.AccountType)]
internal sealed class AccountGrain(RoutedBackend routes, CustomerActivations activations)
    : CountedGrain(activations),
        IAccountGrain
{
    public async Task<AccountHealth> GetHealthAsync(int windowDays, string model, Instant? readTime)
    {
        if (IsCrowded)
        {
            DeactivateOnIdle();
        }
        if (!CustomerKey.TryParse(this.GetPrimaryKeyString(), out var key))
        {
            DeactivateOnIdle();
            throw new ScoringException(ScoringError.InvalidArgument, "The key of an account is workspace/account_id.");
        }
        if (windowDays is < 1 or > Limits.HealthWindowDays)
        {
            var message = $"window_days must be 1 to {Limits.HealthWindowDays}.";
            throw new ScoringException(ScoringError.InvalidArgument, message) { Field = "window_days" };
        }
        var query = new AccountHealthQuery(key.Workspace, key.Id, windowDays, model, readTime);
        return await routes.GetAccountHealthAsync(query, CancellationToken.None);
    }
}
