using Scoring.Core.Names;

namespace Scoring.Grains.Models;

[GenerateSerializer, Alias("scoring.name-pruning"), Immutable]
internal struct NamePruningSurrogate
{
    [Id(0)]
    public NameKind? Kind;

    [Id(1)]
    public string[] Patterns;

    [Id(2)]
    public TimeSpan? UnusedFor;

    [Id(3)]
    public bool DryRun;
}

[RegisterConverter]
internal sealed class NamePruningConverter : IConverter<NamePruning, NamePruningSurrogate>
{
    public NamePruning ConvertFromSurrogate(in NamePruningSurrogate s) =>
        new(s.Kind, s.Patterns, s.UnusedFor, s.DryRun);

    public NamePruningSurrogate ConvertToSurrogate(in NamePruning value) =>
        new()
        {
            Kind = value.Kind,
            Patterns = [.. value.Patterns],
            UnusedFor = value.UnusedFor,
            DryRun = value.DryRun,
        };
}

[GenerateSerializer, Alias("scoring.pruned-names"), Immutable]
internal struct PrunedNamesSurrogate
{
    [Id(0)]
    public NameUse[] Pruned;

    [Id(1)]
    public NameUse[] Kept;
}

[RegisterConverter]
internal sealed class PrunedNamesConverter : IConverter<PrunedNames, PrunedNamesSurrogate>
{
    public PrunedNames ConvertFromSurrogate(in PrunedNamesSurrogate s) => new(s.Pruned, s.Kept);

    public PrunedNamesSurrogate ConvertToSurrogate(in PrunedNames value) =>
        new() { Pruned = [.. value.Pruned], Kept = [.. value.Kept] };
}
