namespace Scoring.Engine.Moving;

/// <summary>What was moved, and found to be the same afterwards.</summary>
/// <param name="Partitions">Partitions that customers are divided among now.</param>
/// <param name="Models">Models.</param>
/// <param name="EventIds">Event ids that are remembered; one that several partitions remember counts for each.</param>
/// <param name="Workspaces">The workspaces.</param>
public sealed record MoveReport(int Partitions, int Models, long EventIds, IReadOnlyList<MovedWorkspace> Workspaces);

/// <summary>A workspace that was moved.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Customers">Its customers.</param>
/// <param name="Accounts">Its accounts that were upserted.</param>
/// <param name="Events">The events that its customers were counted for.</param>
public sealed record MovedWorkspace(string Name, long Customers, long Accounts, long Events);
