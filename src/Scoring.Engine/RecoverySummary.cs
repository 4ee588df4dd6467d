namespace Scoring.Engine;

/// <summary>What an engine found in its store when it was opened.</summary>
/// <param name="Customers">Customers of all workspaces.</param>
/// <param name="Accounts">Accounts of all workspaces that were upserted.</param>
/// <param name="EventsReplayed">Events, and changes to customers and accounts, read from the journal because no checkpoint held them.</param>
/// <param name="Partitions">Partitions of the store.</param>
/// <param name="Duration">How long it took.</param>
public sealed record RecoverySummary(
    long Customers,
    long Accounts,
    long EventsReplayed,
    int Partitions,
    TimeSpan Duration
);
