namespace Scoring.Core.Names;

/// <summary>A name that takes up room.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Name">The name.</param>
public readonly record struct KnownName(NameKind Kind, string Name);
