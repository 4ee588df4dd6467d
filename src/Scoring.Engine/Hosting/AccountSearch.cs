using Scoring.Core.Filters;

namespace Scoring.Engine.Hosting;

/// <summary>Looks for accounts, as it is put to a host.</summary>
/// <param name="Workspace">Their workspace.</param>
/// <param name="Conditions">What they must meet, one condition or another.</param>
/// <param name="Partitions">The partitions that it is put to, in rising order.</param>
public sealed record AccountSearch(
    string Workspace,
    IReadOnlyList<Condition> Conditions,
    IReadOnlyList<int> Partitions
);
