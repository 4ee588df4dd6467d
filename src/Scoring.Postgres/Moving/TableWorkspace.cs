namespace Scoring.Postgres.Moving;

/// <summary>What the tables have of a workspace as a whole.</summary>
/// <param name="Name">The workspace.</param>
/// <param name="Settings">What its records depend on; null when no silo has said so yet.</param>
/// <param name="Models">Its models.</param>
/// <param name="Names">The names in use in it.</param>
/// <param name="Customers">Number of its customers.</param>
/// <param name="Accounts">Number of its accounts.</param>
internal sealed record TableWorkspace(
    string Name,
    StoredWorkspace? Settings,
    StoredModels Models,
    StoredNames Names,
    long Customers,
    long Accounts
);
