namespace Scoring.Core.Names;

/// <summary>What became of the names that were to be removed.</summary>
/// <param name="Pruned">Those that were removed, or would be.</param>
/// <param name="Kept">Those in question that are kept: a model or setting uses them, or they were received lately.</param>
public sealed record PrunedNames(IReadOnlyList<NameUse> Pruned, IReadOnlyList<NameUse> Kept);
