namespace Scoring.Cluster.Vocabularies;

/// <summary>The names in use in a workspace. Names are only ever added.</summary>
[GenerateSerializer, Alias("scoring.words"), Immutable]
internal sealed record Words
{
    /// <summary>Event types that were recorded.</summary>
    [Id(0)]
    public IReadOnlyList<string> EventTypes { get; init; } = [];

    /// <summary>Features that were used.</summary>
    [Id(1)]
    public IReadOnlyList<string> Features { get; init; } = [];

    /// <summary>Keys of customers' attributes.</summary>
    [Id(2)]
    public IReadOnlyList<string> AttributeKeys { get; init; } = [];

    /// <summary>How many there are; of two of one workspace, the one with more is the newer.</summary>
    public int Count => EventTypes.Count + Features.Count + AttributeKeys.Count;
}
