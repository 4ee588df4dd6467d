namespace Scoring.Engine.Hosting;

/// <summary>Asks whether what was told of a workspace's past is still true.</summary>
/// <param name="Workspace">The workspace.</param>
/// <param name="Model">The model that it was told by.</param>
/// <param name="ModelVersion">The version of it that is asked by.</param>
/// <param name="Partitions">The partitions that this is put to, in rising order.</param>
/// <param name="Since">When it was told; nothing of a partition that is not among them.</param>
public sealed record PastMarkQuestion(
    string Workspace,
    string Model,
    int ModelVersion,
    IReadOnlyList<int> Partitions,
    IReadOnlyList<PastMark> Since
);
