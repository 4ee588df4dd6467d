using Scoring.Core.Accounts;
using Scoring.Core.Time;

namespace Scoring.Engine.Hosting;

/// <summary>A question about an account as it is put to a host.</summary>
/// <param name="Query">The question.</param>
/// <param name="ModelVersion">The version of the model that it is to be answered by.</param>
/// <param name="ReadTime">The instant that figures hold for.</param>
/// <param name="AheadFrom">Members whose newest event lies after this instant are left out and counted.</param>
/// <param name="Partitions">The partitions that it is put to, in rising order: members may be in any.</param>
public sealed record AccountQuestion(
    AccountHealthQuery Query,
    int ModelVersion,
    Instant ReadTime,
    Instant AheadFrom,
    IReadOnlyList<int> Partitions
);

/// <summary>What a host knows of an account.</summary>
/// <param name="Tallies">Of its members there, a tally for each partition.</param>
/// <param name="Account">The account, if its own partition is among those asked for and it was upserted.</param>
public sealed record AccountTallies(IReadOnlyList<AccountTally> Tallies, AccountRecord? Account);
