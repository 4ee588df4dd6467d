namespace Scoring.Core.Names;

/// <summary>The names of a workspace.</summary>
/// <param name="Names">The names, by kind and name (ordinal).</param>
/// <param name="Rooms">How much room is taken, one for each kind.</param>
public sealed record NameList(IReadOnlyList<NameUse> Names, IReadOnlyList<NameRoom> Rooms);
