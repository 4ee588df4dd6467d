using Scoring.Core.Names;

namespace Scoring.Grains.Serialization;

[GenerateSerializer(IncludePrimaryConstructorParameters = false), Alias("scoring.known-name"), Immutable]
internal record struct KnownNameSurrogate([property: Id(0)] NameKind Kind, [property: Id(1)] string Name);

[RegisterConverter]
internal sealed class KnownNameConverter : SurrogateConverter<KnownName, KnownNameSurrogate>;

[GenerateSerializer(IncludePrimaryConstructorParameters = false), Alias("scoring.name-use"), Immutable]
internal record struct NameUseSurrogate(
    [property: Id(0)] KnownName Name,
    [property: Id(1)] int? LastDay,
    [property: Id(2)] long? Holders,
    [property: Id(3)] string[] UsedBy
);

[RegisterConverter]
internal sealed class NameUseConverter : SurrogateConverter<NameUse, NameUseSurrogate>;

[GenerateSerializer(IncludePrimaryConstructorParameters = false), Alias("scoring.name-room"), Immutable]
internal record struct NameRoomSurrogate(
    [property: Id(0)] NameKind Kind,
    [property: Id(1)] int Used,
    [property: Id(2)] int Limit
);

[RegisterConverter]
internal sealed class NameRoomConverter : SurrogateConverter<NameRoom, NameRoomSurrogate>;

[GenerateSerializer(IncludePrimaryConstructorParameters = false), Alias("scoring.name-pruning"), Immutable]
internal record struct NamePruningSurrogate(
    [property: Id(0)] NameKind? Kind,
    [property: Id(1)] string[] Patterns,
    [property: Id(2)] TimeSpan? UnusedFor,
    [property: Id(3)] bool DryRun
);

[RegisterConverter]
internal sealed class NamePruningConverter : SurrogateConverter<NamePruning, NamePruningSurrogate>;

[GenerateSerializer(IncludePrimaryConstructorParameters = false), Alias("scoring.pruned-names"), Immutable]
internal record struct PrunedNamesSurrogate([property: Id(0)] NameUse[] Pruned, [property: Id(1)] NameUse[] Kept);

[RegisterConverter]
internal sealed class PrunedNamesConverter : SurrogateConverter<PrunedNames, PrunedNamesSurrogate>;
