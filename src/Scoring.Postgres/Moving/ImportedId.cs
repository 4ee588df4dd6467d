namespace Scoring.Postgres.Moving;

/// <summary>An event id that a standalone store brought along.</summary>
/// <param name="Partition">The partition of its customer there.</param>
/// <param name="Id">The id; its key is that of the standalone store.</param>
internal readonly record struct ImportedId(int Partition, StoredEventId Id);
