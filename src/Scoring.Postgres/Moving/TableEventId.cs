namespace Scoring.Postgres.Moving;

/// <summary>An event id as the tables have it.</summary>
/// <param name="Workspace">Its workspace.</param>
/// <param name="Customer">Its customer in UTF-8.</param>
/// <param name="Id">The id.</param>
internal readonly record struct TableEventId(string Workspace, ReadOnlyMemory<byte> Customer, StoredEventId Id);
