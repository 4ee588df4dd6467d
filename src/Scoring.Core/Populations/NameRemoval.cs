using Scoring.Core.Names;

namespace Scoring.Core.Populations;

/// <summary>Names that are being removed from a population, row by row.</summary>
/// <param name="Types">Numbers of event types.</param>
/// <param name="Features">Numbers of features.</param>
/// <param name="Attributes">Keys of attributes.</param>
/// <param name="Names">All of them.</param>
public sealed record NameRemoval(
    IReadOnlySet<int> Types,
    IReadOnlySet<int> Features,
    IReadOnlyList<string> Attributes,
    IReadOnlyCollection<KnownName> Names
);
