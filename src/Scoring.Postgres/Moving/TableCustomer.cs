namespace Scoring.Postgres.Moving;

/// <summary>A customer as the tables have it.</summary>
/// <param name="Workspace">Its workspace.</param>
/// <param name="Id">Its id in UTF-8.</param>
/// <param name="Record">Its stored form.</param>
internal readonly record struct TableCustomer(string Workspace, ReadOnlyMemory<byte> Id, ReadOnlyMemory<byte> Record);
