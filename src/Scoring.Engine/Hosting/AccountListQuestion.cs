using Scoring.Core.Accounts;
using Scoring.Core.Time;

namespace Scoring.Engine.Hosting;

/// <summary>A question for all accounts as it is put to a host.</summary>
/// <param name="Query">The question.</param>
/// <param name="ModelVersion">The version of the model whose bands are counted.</param>
/// <param name="ReadTime">The instant that figures hold for.</param>
/// <param name="AheadFrom">Customers whose newest event lies after this instant are left out and counted.</param>
/// <param name="Partitions">The partitions that it is put to, in rising order.</param>
public sealed record AccountListQuestion(
    AccountListQuery Query,
    int ModelVersion,
    Instant ReadTime,
    Instant AheadFrom,
    IReadOnlyList<int> Partitions
);
