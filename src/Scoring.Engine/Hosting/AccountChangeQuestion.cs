using Scoring.Core.History;

namespace Scoring.Engine.Hosting;

/// <summary>A question about what changed an account as it is put to a host.</summary>
/// <param name="Query">The question.</param>
/// <param name="ModelVersion">The version of the model that it is to be answered by.</param>
/// <param name="Partitions">The partitions that it is put to, in rising order: members may have been in any.</param>
public sealed record AccountChangeQuestion(
    AccountHealthChangeQuery Query,
    int ModelVersion,
    IReadOnlyList<int> Partitions
);

/// <summary>What a host knows of how an account changed.</summary>
/// <param name="Tally">Its members there, step by step.</param>
/// <param name="Account">The account's own past, if its own partition is among those asked for.</param>
public sealed record AccountChangeFound(AccountChangeTally Tally, AccountPast? Account);
