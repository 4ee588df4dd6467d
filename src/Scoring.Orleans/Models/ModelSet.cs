using Scoring.Core.Models;

namespace Scoring.Cluster.Models;

/// <summary>The models of a workspace after some change.</summary>
/// <param name="Change">Rises with every change.</param>
/// <param name="Content">The models in <see cref="ModelJson"/>; null when the asker knows this change.</param>
[GenerateSerializer, Alias("scoring.model-set"), Immutable]
internal sealed record ModelSet([property: Id(0)] long Change, [property: Id(1)] byte[]? Content);
