namespace Scoring.Grains.Models;

/// <summary>A model that comes from a file.</summary>
/// <param name="Workspace">The workspace.</param>
/// <param name="Model">The model, as a list of one in <see cref="Core.Models.ModelJson"/>.</param>
/// <param name="ContentHash">Stands for the file's content.</param>
[GenerateSerializer, Alias("scoring.model-file"), Immutable]
internal sealed record ModelFile(
    [property: Id(0)] string Workspace,
    [property: Id(1)] byte[] Model,
    [property: Id(2)] string ContentHash
);
