using Scoring.Core.Accounts;
using Scoring.Core.History;

namespace Scoring.Engine.Hosting;

/// <summary>A question about an account in the past as it is put to a host.</summary>
/// <param name="Query">The question.</param>
/// <param name="ModelVersion">The version of the model that it is to be answered by.</param>
/// <param name="Partitions">The partitions that it is put to, in rising order: members may have been in any.</param>
public sealed record PastAccountQuestion(
    AccountHealthHistoryQuery Query,
    int ModelVersion,
    IReadOnlyList<int> Partitions
);

/// <summary>What a host knows of an account in the past.</summary>
/// <param name="Tallies">Of its members there, a tally for each instant.</param>
/// <param name="Account">The account's own past, if its own partition is among those asked for.</param>
public sealed record PastAccountTallies(IReadOnlyList<AccountTally> Tallies, AccountPast? Account);
