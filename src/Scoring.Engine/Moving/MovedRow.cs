namespace Scoring.Engine.Moving;

/// <summary>A customer or an account in its stored form, the same for every host. Valid until the next one is asked for.</summary>
/// <param name="Id">Its id in UTF-8.</param>
/// <param name="Record">The stored form, which holds the id too.</param>
public readonly record struct MovedRow(ReadOnlyMemory<byte> Id, ReadOnlyMemory<byte> Record);
